/** With a real keychain: gnome-keyring on a D-Bus session of its own (Debian: gnome-keyring, libsecret-tools, dbus-user-session). */
import { execFile, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { filesIn } from '../helpers/canary.ts';
import { temporaryFolder, testSandbox } from '../helpers/in-process.ts';

const BIN = resolve(import.meta.dirname, '../../bin/pdactions.js');
const NEEDED = ['dbus-run-session', 'gnome-keyring-daemon', 'secret-tool'];
const missing = NEEDED.filter((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0);
if (missing.length > 0) {
  if (process.env.CI && process.env.CI !== 'false') {
    throw new Error(`CI tests the keychain with a real one: install ${missing.join(', ')}`);
  }
  process.stderr.write(`!!! SKIPPED: the tests with a real keychain need ${missing.join(', ')}\n`);
}

/** Runs lines of shell in a session with an unlocked keyring; `pda` is the program. */
async function session(script: string, env: Readonly<Record<string, string>>) {
  const home = temporaryFolder();
  const file = join(home, 'session.sh');
  writeFileSync(
    file,
    [
      'set -e',
      "printf 'of-the-test' | gnome-keyring-daemon --unlock --components=secrets > /dev/null",
      `pda() { "${process.execPath}" "${BIN}" "$@"; }`,
      script,
    ].join('\n'),
  );
  const { PATH = '' } = process.env;
  const options = { env: { PATH, HOME: home, XDG_RUNTIME_DIR: home, ...env }, cwd: home };
  const { stdout, stderr } = await promisify(execFile)('dbus-run-session', ['--', 'sh', file], options);
  return { home, stdout, stderr };
}

describe.skipIf(missing.length > 0)('a real keychain', () => {
  it('keeps the token, gives it to the next command, and forgets it', async () => {
    const sandbox = await testSandbox();
    const { home, stdout, stderr } = await session(
      [
        'printf %s "$THE_TOKEN" | PAGERDUTY_API_URL="$THE_URL" pda auth login --token-file -',
        'secret-tool lookup service pdactions profile acme | sha256sum',
        'printf %s "$THE_TOKEN" | sha256sum',
        'pda list --json',
        'pda auth logout',
        'pda list || echo "exit code $?"',
      ].join('\n'),
      { THE_URL: sandbox.url, THE_TOKEN: sandbox.token },
    );
    expect(stderr).toContain('The token is stored in the keychain of the desktop (Secret Service).');
    const [kept, given] = stdout.split('\n');
    expect(kept).toBe(given);
    expect(stdout).toContain('"account": "acme"');
    expect(stdout).toContain('exit code 5');
    expect(stdout + stderr).not.toContain(sandbox.token);
    for (const text of filesIn(home).values()) expect(String(text)).not.toContain(sandbox.token);
  });
});
