/** The system's keychain, through the system's own programs: `security` on macOS, `secret-tool` (libsecret) on Linux. */
import type { Surroundings } from '../context.ts';
import { SECRET_VARIABLES } from './environment-secrets.ts';

export interface Keychain {
  /** As named in messages. */
  readonly name: string;
  /** Stores the secret of a profile, replacing an earlier one. @throws KeychainError */
  save(profile: string, secret: string): Promise<void>;
  /** The secret; undefined without one. @throws KeychainError */
  read(profile: string): Promise<string | undefined>;
  /** @throws KeychainError */
  remove(profile: string): Promise<void>;
}

/** A keychain that is missing, locked, or refuses. The message follows "the keychain". */
export class KeychainError extends Error {}

/** Long enough to unlock it by hand. */
const WITHIN_MS = 60_000;

/** The service under which every entry is stored. */
const SERVICE = 'pdactions';

type KeychainWorld = Pick<Surroundings, 'env' | 'platform' | 'interrupted'>;

/** The keychain of this system; undefined if it has no supported one. The first use reveals whether it works. */
export function systemKeychain(world: KeychainWorld): Keychain | undefined {
  if (world.platform === 'darwin') return macKeychain(world);
  return world.platform === 'linux' ? secretService(world) : undefined;
}

function macKeychain(world: KeychainWorld): Keychain {
  const name = 'the macOS keychain';
  const run = (args: readonly string[], input = '') => runProgram('security', args, input, world);
  return {
    name,
    // On standard input, because every user of the machine can see the arguments of a program.
    async save(profile, secret) {
      const line = `add-generic-password -U -s ${SERVICE} -a ${profile} -w "${secret}"\n`;
      expectDone(await run(['-i'], line));
    },
    async read(profile) {
      const ended = await run(['find-generic-password', '-s', SERVICE, '-a', profile, '-w']);
      // errSecItemNotFound
      return ended.code === 44 ? undefined : secretIn(ended);
    },
    async remove(profile) {
      const ended = await run(['delete-generic-password', '-s', SERVICE, '-a', profile]);
      if (ended.code !== 44) expectDone(ended);
    },
  };
}

function secretService(world: KeychainWorld): Keychain {
  const name = 'the keychain of the desktop (Secret Service)';
  const run = (args: readonly string[], input = '') => runProgram('secret-tool', args, input, world);
  const entry = (profile: string): readonly string[] => ['service', SERVICE, 'profile', profile];
  return {
    name,
    async save(profile, secret) {
      const label = `--label=pdactions: ${profile}`;
      expectDone(await run(['store', label, ...entry(profile)], secret));
    },
    async read(profile) {
      const ended = await run(['lookup', ...entry(profile)]);
      // A missing entry prints nothing; any other failure prints a message.
      return ended.code === 1 && ended.said === '' ? undefined : secretIn(ended);
    },
    async remove(profile) {
      const ended = await run(['clear', ...entry(profile)]);
      if (!(ended.code === 1 && ended.said === '')) expectDone(ended);
    },
  };
}

interface ToolResult {
  readonly program: string;
  readonly code: number;
  readonly output: string;
  readonly said: string;
}

function expectDone({ program, code, said }: ToolResult): void {
  if (code === 0) return;
  const why = `${program}: ${firstLine(said).replace(`${program}: `, '') || `exit code ${code}`}`;
  throw new KeychainError(/lock/i.test(said) ? `is locked (${why})` : `does not work (${why})`);
}

function secretIn(ended: ToolResult): string {
  expectDone(ended);
  return ended.output.replace(/\r?\n$/, '');
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0]?.slice(0, 200) ?? '';
}

/** @throws KeychainError if it cannot be started, or does not end */
async function runProgram(
  program: string,
  args: readonly string[],
  input: string,
  world: KeychainWorld,
): Promise<ToolResult> {
  const { execFile } = await import('node:child_process');
  const harmless = Object.entries(world.env).filter(
    ([key]) => !SECRET_VARIABLES.some((name) => name === key),
  );
  const options = {
    env: Object.fromEntries(harmless),
    timeout: WITHIN_MS,
    signal: world.interrupted,
    windowsHide: true,
  };
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, options, (error, output, said) => {
      if (world.interrupted.aborted) return reject(world.interrupted.reason);
      if (!error) return resolve({ program, code: 0, output, said });
      if (typeof error.code === 'number') return resolve({ program, code: error.code, output, said });
      const missing = `is missing: ${program} is not installed`;
      reject(new KeychainError(error.killed ? `did not answer in ${WITHIN_MS / 1000} s` : missing));
    });
    // A program that ends before it has read everything is judged by its exit code.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}
