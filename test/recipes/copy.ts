import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Edits, isCommand, type Step } from './recipe.ts';

const LEFT_OUT = ['node_modules', 'dist', '.git'];

/** A copy of the tree, in which recipes are followed. */
export interface Copy {
  readonly folder: string;
  /** Makes the edits that the steps name, and runs their commands. */
  follow(steps: readonly Step[], edits: Edits): void;
  /** Runs a command there and returns its output. @throws Error with the output if it fails */
  run(command: readonly string[]): string;
  remove(): void;
}

/** Copies the tree; the packages are those of the original. */
export function copyTree(root: string): Copy {
  const folder = mkdtempSync(join(tmpdir(), 'pdactions-recipes-'));
  for (const name of readdirSync(root)) {
    if (!LEFT_OUT.includes(name)) cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return {
    folder,
    follow: (steps, edits) => {
      for (const { subject } of steps) follow(folder, subject, edits);
    },
    run: (command) => run(folder, command),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function follow(folder: string, subject: string, edits: Edits): void {
  const edit = edits[subject];
  const file = join(folder, subject);
  if (edit) writeFileSync(file, edit(existsSync(file) ? readFileSync(file, 'utf8') : ''));
  else if (isCommand(subject)) run(folder, subject.split(' '));
}

function run(cwd: string, [program = '', ...args]: readonly string[]): string {
  const env = { PATH: process.env.PATH ?? '', HOME: cwd, PDACTIONS_RUNS: '0.1' };
  try {
    return execFileSync(program, args, { cwd, env, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${program} ${args.join(' ')}\n${stdout}${stderr}`);
  }
}
