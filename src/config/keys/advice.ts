/** What to write instead of what has the wrong shape. */
import type { Step } from '../parse/located.ts';

const PROXY_ADVICE =
  'A proxy is never taken from a file; with NODE_USE_ENV_PROXY=1, Node 24 and later goes through HTTPS_PROXY.';

/** Keys that there will never be, and what to do instead. */
export const ADVICE: Readonly<Record<string, string>> = {
  apiurl: 'The address of the API is never taken from a file; use `--api-url`.',
  baseurl: 'The address of the API is never taken from a file; use `--api-url`.',
  host: 'The address of the API is never taken from a file; use `--api-url`.',
  proxy: PROXY_ADVICE,
  httpsproxy: PROXY_ADVICE,
  tls: 'TLS settings are never taken from a file; set NODE_EXTRA_CA_CERTS for a private authority.',
  rejectunauthorized: 'Certificates are always checked; set NODE_EXTRA_CA_CERTS for a private authority.',
  token: 'The token never belongs into a file of the repository; set PAGERDUTY_TOKEN.',
  apikey: 'The token never belongs into a file of the repository; set PAGERDUTY_TOKEN.',
  allowenv: 'The file cannot widen what it may read; use `--allow-env`.',
  '<<': 'Merge keys are not part of YAML 1.2; write the keys out.',
};

/** Other words for keys that there are. */
export const OTHER_WORDS: Readonly<Record<string, string>> = {
  name: 'label',
  title: 'label',
  endpoint: 'url',
  endpointurl: 'url',
  webhook: 'url',
};

/** What to write instead, by what is expected. */
export const WAY_OUT: Readonly<Record<string, string>> = {
  string: 'Put it in double quotes.',
  boolean: 'Write true or false, without quotes.',
  array: 'Put it in square brackets: `[ … ]`.',
  tuple: 'Put it in square brackets: `[ … ]`.',
  int: 'Write a whole number, without quotes.',
  number: 'Write a whole number, without quotes.',
};

export const WHOLE_FILE =
  'Write `{ "actions": …, "services": … }`, or the same as YAML. docs/config.md has an example.';

/** By the last key of a path. */
const EXAMPLES: Readonly<Record<string, string>> = {
  actions: '{ "restart-server": { "label": "Restart Server", "url": "https://…" } }',
  services: '{ "Checkout API": ["restart-server"] }',
  headers: '{ "Authorization": "Bearer ${NAME}" }',
  handler: '{ "command": ["./restart.sh"] }',
  extends: '"../shared/actions.json"',
  renamedFrom: '"Restart Server"',
};

/** The shortest way to write what an object, or a union, takes. */
export function exampleAt(path: readonly Step[]): string {
  const key = String(path.at(-1));
  const fallback =
    path[0] === 'services' ? '["restart-server"]' : '{ "label": "Restart Server", "url": "https://…" }';
  const known = path.length !== 2 && Object.hasOwn(EXAMPLES, key);
  return `Write for example ${known ? EXAMPLES[key] : fallback}.`;
}
