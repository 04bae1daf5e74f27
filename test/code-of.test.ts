import { expect, it } from 'vitest';
import { codeOf } from '../src/code-of.ts';

const failure = (code: unknown): Error => Object.assign(new Error('no'), { code });

it.each([
  ['the code of the system', failure('ENOENT'), 'ENOENT'],
  [
    'the code of the first attempt',
    new AggregateError([failure('ECONNREFUSED'), failure('EINVAL')]),
    'ECONNREFUSED',
  ],
  ['no code of a DOMException, which is a number', failure(20), 'none'],
  ['no code of an error without one', new Error('no'), 'none'],
  ['no code of a value that is not an error', 'ENOENT', 'none'],
])('takes %s', (_, cause, code) => {
  expect(codeOf(cause, 'none')).toBe(code);
});
