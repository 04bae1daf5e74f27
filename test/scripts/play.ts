/** Plays a `*.script`: a terminal session with the built program, against a sandbox of its own. */
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expectClean, filesIn, secretsIn } from '../helpers/canary.ts';
import { beginWatch, pointedAt, temporaryFolder, testSandbox } from '../helpers/in-process.ts';

const CLI = resolve(import.meta.dirname, '../../bin/pdactions.js');

/** All sessions, by the names of their files. */
export const SCRIPTS: readonly string[] = readdirSync(import.meta.dirname).filter((file) =>
  file.endsWith('.script'),
);

interface Script {
  /** Everything before the first command, unchanged. */
  readonly head: string;
  readonly files: ReadonlyMap<string, string>;
  readonly commands: readonly string[];
}

/** The file of a session. */
export function fileOf(name: string): string {
  return join(import.meta.dirname, name);
}

function read(text: string): Script {
  const start = text.search(/^\$ /m);
  const head = text.slice(0, start);
  const files = new Map<string, string>();
  for (const [, name = '', content = ''] of head.matchAll(/^--- (\S+)\n([\s\S]*?)(?=^---)/gm))
    files.set(name, content);
  const commands = [...text.slice(start).matchAll(/^\$ (.*)$/gm)].map(([, command = '']) => command);
  return { head, files, commands };
}

export interface Played {
  /** The actual session, in the form of its file. */
  readonly text: string;
  /** The files that it has written into its folder, by relative path. */
  readonly written: Readonly<Record<string, string>>;
}

/** Plays one session. @param secret the value of AUTOMATION_TOKEN, which no output may show */
export async function play(name: string, secret: string): Promise<Played> {
  const script = read(readFileSync(fileOf(name), 'utf8'));
  const folder = temporaryFolder();
  for (const [path, content] of script.files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const tools = join(folder, '.tools');
  mkdirSync(tools);
  writeFileSync(join(tools, 'pdactions'), `#!/bin/sh\nexec "${process.execPath}" "${CLI}" "$@"\n`);
  chmodSync(join(tools, 'pdactions'), 0o755);
  const sandbox = await testSandbox();
  const env = {
    ...pointedAt(sandbox),
    PATH: `${tools}:${process.env.PATH}`,
    HOME: folder,
    AUTOMATION_TOKEN: secret,
  };
  let text = script.head;
  for (const command of script.commands) {
    const unwatch = beginWatch(sandbox.url);
    const { code, stdout, stderr } = await execute(command, folder, env);
    unwatch(undefined);
    expectClean({ stdout, stderr, folder }, secretsIn(env));
    const talk = neutral(stderr, folder)
      .split('\n')
      .filter((row) => row !== '');
    const parts = [
      `$ ${command}`,
      neutral(stdout, folder).replace(/\n$/, ''),
      ...talk.map((row) => `! ${row}`),
      code === 0 ? '' : `= ${code}`,
    ];
    text += `${parts.filter((part) => part !== '').join('\n')}\n\n`;
  }
  const written = [...filesIn(folder)]
    .map(([path, content]) => [path.slice(folder.length + 1), content] as const)
    .filter(([path, content]) => !path.startsWith('.tools') && script.files.get(path) !== content)
    .map(([path, content]) => [path, neutral(content, folder)]);
  return { text: text.replace(/\n+$/, '\n'), written: Object.fromEntries(written) };
}

/** Replaces everything that differs in each run. */
function neutral(text: string, folder: string): string {
  return text
    .replaceAll(folder, 'FOLDER')
    .replace(/127\.0\.0\.1:\d+/g, 'HOST')
    .replace(/request id \S+/g, 'request id ID');
}

function execute(command: string, cwd: string, env: Record<string, string>) {
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((done, fail) => {
    const child = spawn('/bin/sh', ['-c', command], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', fail);
    child.on('close', (code) => done({ code, stdout, stderr }));
  });
}
