import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/** Where the sandbox keeps its data: the file named, or one in the user's state directory. Its folder exists afterwards. */
export async function sandboxFile(
  named: string | undefined,
  {
    cwd,
    home,
    env,
  }: {
    readonly cwd: string;
    readonly home: string;
    readonly env: Readonly<Record<string, string | undefined>>;
  },
): Promise<string> {
  const state = env.XDG_STATE_HOME || join(home, '.local', 'state');
  const file = named ? resolve(cwd, named) : join(state, 'pdactions', 'sandbox.json');
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  return file;
}
