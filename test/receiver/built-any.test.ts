/** `listen --any` as a process: the lines that it prints for programs. */
import { expect, it } from 'vitest';
import { freePort } from '../examples/free-port.ts';
import { sandboxBody } from '../helpers/press-messages.ts';
import { readSchema, validatorOf } from '../helpers/schemas.ts';
import { start } from '../helpers/spawned.ts';

it('prints one documented line for a press, and one for any other message', async () => {
  const port = await freePort();
  const { seen, child, ended } = start(['listen', '--any', '--json', '--port', String(port)]);
  const post = (body: string) =>
    fetch(`http://127.0.0.1:${port}/hook`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
  await expect
    .poll(
      () =>
        post('{}').then(
          ({ status }) => status,
          () => 0,
        ),
      { timeout: 20_000 },
    )
    .toBe(202);
  await post(JSON.stringify(await sandboxBody()));
  const lines = (await seen('"button"'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const validate = validatorOf(readSchema('listen-any'));
  for (const line of lines) expect(validate(line), JSON.stringify(validate.errors)).toBe(true);
  expect(lines.map(({ presses }) => presses.length)).toContain(1);
  expect(lines.map(({ why }) => why)).toContainEqual(expect.any(String));
  child.kill('SIGINT');
  await ended;
});
