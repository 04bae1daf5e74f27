import { spawn } from 'node:child_process';

/** The command that opens a URL on each system. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ['open'],
  // `start` takes its first quoted argument as a title.
  win32: ['cmd', '/c', 'start', '""'],
};

/**
 * Opens a URL of this machine in the user's browser, and does not wait for it.
 * @returns false if no such program could be started
 */
export function openBrowser(
  url: string,
  {
    platform,
    env,
  }: { readonly platform: NodeJS.Platform; readonly env: Readonly<Record<string, string | undefined>> },
): Promise<boolean> {
  const [program = '', ...rest] = OPENERS[platform] ?? [env.BROWSER || 'xdg-open'];
  return new Promise((resolve) => {
    const child = spawn(program, [...rest, url], {
      env: withoutSecrets(env),
      stdio: 'ignore',
      detached: true,
    });
    child.once('spawn', () => resolve(true));
    child.once('error', () => resolve(false));
    child.unref();
  });
}

/** A browser needs no token (T29). */
function withoutSecrets(env: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(PAGERDUTY|PDACTIONS)_/.test(name)));
}
