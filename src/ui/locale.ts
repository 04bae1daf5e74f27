/** The parts of the environment that determine the characters of a terminal. */
type Env = Readonly<Record<string, string | undefined>>;

/**
 * True if a terminal shows more than ASCII: on POSIX by the first of LC_ALL, LC_CTYPE and LANG that is set and not empty; on macOS
 * also if none is. Windows has no such variables: there by a list of known terminals.
 */
export function showsUnicode(env: Env, platform: string = process.platform): boolean {
  if (platform === 'win32') return Boolean(env.WT_SESSION || env.TERM_PROGRAM);
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
  return locale ? /utf-?8/i.test(locale) : platform === 'darwin';
}
