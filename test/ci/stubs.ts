/** Stand-ins for programs that an example calls and a test must not run: each records its input, and gives a configured answer. */
import { appendFileSync, chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const CLI = resolve(import.meta.dirname, '../../bin/pdactions.js');

/** One call of a stub. */
export interface Call {
  readonly name: string;
  readonly args: readonly string[];
  /** Contents of the file that an argument names (`@file`, `<file`, `--body-file file`). */
  readonly body?: string;
  /** Contents of the file that `--config` names. */
  readonly config?: string;
}

/** Answers the first call whose name and arguments, joined by spaces, match. */
export interface Answer {
  readonly when: RegExp;
  readonly stdout?: string;
  readonly code?: number;
  /** Files that the call creates, by path. */
  readonly files?: Readonly<Record<string, string>>;
}

const STUB = `
const { appendFileSync, mkdirSync, readFileSync, writeFileSync, existsSync } = require('node:fs');
const { dirname, join } = require('node:path');
const [name, ...args] = process.argv.slice(2);
const read = (file) => (file && existsSync(file) ? readFileSync(file, 'utf8') : undefined);
const after = (flag) => (args.includes(flag) ? args[args.indexOf(flag) + 1] : undefined);
const form = args.map((arg) => /^body=[@<](.*)$/.exec(arg)?.[1]).find(Boolean);
const call = { name, args, body: read(form ?? after('--body-file')), config: read(after('--config')) };
appendFileSync(join(__dirname, 'calls.jsonl'), JSON.stringify(call) + '\\n');
const line = [name, ...args].join(' ');
const answers = JSON.parse(readFileSync(join(__dirname, 'answers.json'), 'utf8'));
const answer = answers.find(({ when }) => new RegExp(when).test(line));
for (const [file, text] of Object.entries(answer?.files ?? {})) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
process.stdout.write(answer?.stdout ?? '');
process.exitCode = answer?.code ?? 0;
`;

export interface Stubs {
  /** A folder to put before the PATH. */
  readonly folder: string;
  answer(answers: readonly Answer[]): void;
  /** The calls since the last time this was called. */
  calls(): Call[];
}

/** Puts the stubs into a folder, and beside them `pdactions` and `npx`, which run the program of this repository. */
export function makeStubs(folder: string, names: readonly string[]): Stubs {
  mkdirSync(folder, { recursive: true });
  const script = (name: string, text: string): void => {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, name), 0o755);
  };
  writeFileSync(join(folder, 'stub.cjs'), STUB);
  for (const name of names) script(name, `exec "${process.execPath}" "${folder}/stub.cjs" ${name} "$@"`);
  script('pdactions', `exec "${process.execPath}" "${CLI}" "$@"`);
  script('npx', `shift 2\nexec "${process.execPath}" "${CLI}" "$@"`);
  script('node', `exec "${process.execPath}" "$@"`);
  const log = join(folder, 'calls.jsonl');
  const answer = (answers: readonly Answer[]): void => {
    const plain = answers.map(({ when, ...rest }) => ({ when: when.source, ...rest }));
    writeFileSync(join(folder, 'answers.json'), JSON.stringify(plain));
  };
  answer([]);
  appendFileSync(log, '');
  return {
    folder,
    answer,
    calls: () => {
      const text = readFileSync(log, 'utf8');
      writeFileSync(log, '');
      return text
        .split('\n')
        .filter((row) => row !== '')
        .map((row) => JSON.parse(row) as Call);
    },
  };
}
