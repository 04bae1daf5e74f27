import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './in-process.ts';

export interface FakeKeychain {
  /** Variables for the environment of the program. */
  readonly env: Readonly<Record<string, string>>;
  /** The stored tokens, by profile. */
  entries(): Readonly<Record<string, string>>;
  lock(): void;
  unlock(): void;
  /** The arguments of every call. */
  calls(): string;
}

const SECRET_TOOL = `#!/bin/sh
echo "secret-tool $*" >> "$FAKE_KEYCHAIN/../calls"
if [ -e "$FAKE_KEYCHAIN/../locked" ]; then echo 'Cannot create an item in a locked collection' >&2; exit 1; fi
for name; do :; done
case $1 in
  store) cat > "$FAKE_KEYCHAIN/$name" ;;
  lookup) cat "$FAKE_KEYCHAIN/$name" 2>/dev/null || exit 1 ;;
  clear) rm "$FAKE_KEYCHAIN/$name" 2>/dev/null || exit 1 ;;
esac
`;

const SECURITY = `#!/bin/sh
echo "security $*" >> "$FAKE_KEYCHAIN/../calls"
if [ -e "$FAKE_KEYCHAIN/../locked" ]; then echo 'The user name or passphrase is not correct: keychain locked' >&2; exit 51; fi
case $1 in
  -i) read -r _ _ _ _ _ name _ secret; secret=\${secret#\\"}; printf %s "\${secret%\\"}" > "$FAKE_KEYCHAIN/$name" ;;
  find-generic-password) cat "$FAKE_KEYCHAIN/$5" 2>/dev/null || exit 44; echo ;;
  delete-generic-password) rm "$FAKE_KEYCHAIN/$5" 2>/dev/null || exit 44 ;;
esac
`;

/** Stand-ins for `secret-tool` and `security`, which store tokens in a folder of the test's own. */
export function fakeKeychain(): FakeKeychain {
  const folder = temporaryFolder();
  const store = join(folder, 'store');
  mkdirSync(store);
  for (const [name, text] of Object.entries({ 'secret-tool': SECRET_TOOL, security: SECURITY })) {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  }
  const locked = join(folder, 'locked');
  const calls = join(folder, 'calls');
  return {
    env: { PATH: `${folder}:/usr/bin:/bin`, FAKE_KEYCHAIN: store },
    entries: () =>
      Object.fromEntries(readdirSync(store).map((name) => [name, readFileSync(join(store, name), 'utf8')])),
    lock: () => writeFileSync(locked, ''),
    unlock: () => rmSync(locked),
    calls: () => (existsSync(calls) ? readFileSync(calls, 'utf8') : ''),
  };
}

/** An environment without a keychain. */
export function noKeychain(): Readonly<Record<string, string>> {
  return { PATH: temporaryFolder() };
}
