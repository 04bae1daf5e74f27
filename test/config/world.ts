import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Config, ConfigResult } from '../../src/config/config.ts';
import { type LoadOptions, loadConfig } from '../../src/config/load-config.ts';
import type { Problem } from '../../src/errors.ts';

/** A value that must appear in no message, whatever happens to it. */
export const CANARY = 'c4nary-S3cret-9f2e';

/** A directory of its own that is the root of a repository, with the files given. */
export function repository(files: Record<string, string | Buffer> = {}): string {
  const root = directory({ ...files });
  mkdirSync(join(root, '.git'));
  return root;
}

/** A directory of its own with the files given, until the test ends. */
export function directory(files: Record<string, string | Buffer> = {}): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'pdactions-config-')));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return root;
}

type Options = Partial<LoadOptions>;

/** Loads a text as the configuration of a repository. */
export async function load(
  text: string,
  options: Options = {},
  name = 'pdactions.config.json',
): Promise<ConfigResult> {
  const result = await loadConfig({ cwd: repository({ [name]: text }), env: {}, ...options });
  if (result === null) throw new Error('no configuration was found');
  return result;
}

/** The same for YAML. */
export function loadYaml(text: string, options: Options = {}): Promise<ConfigResult> {
  return load(text, options, 'pdactions.config.yaml');
}

/** The configuration of a text that must have no problems. */
export async function configOf(text: string, options: Options = {}): Promise<Config> {
  const result = await load(text, options);
  if (!result.ok) throw new Error(problemsOf(result).join('\n'));
  return result.config;
}

/** Problems as `line:column path: message`. */
export function problemsOf(result: ConfigResult | null): string[] {
  return result === null || result.ok ? [] : result.problems.map(brief);
}

export function warningsOf(result: ConfigResult | null): string[] {
  return (result?.warnings ?? []).map(brief);
}

function brief({ line, column, path, message }: Problem): string {
  const place = line === undefined ? '-' : `${line}:${column}`;
  return [place, path === '' ? '' : `${path}:`, message].filter(Boolean).join(' ');
}

/** A configuration with one action that is used by one service; `action` overrides or adds fields. */
export function withAction(action: object, rest: object = {}): string {
  return JSON.stringify({
    actions: { a: { label: 'Restart Server', url: 'https://hooks.example.com/a', ...action } },
    services: { 'Checkout API': ['a'] },
    ...rest,
  });
}
