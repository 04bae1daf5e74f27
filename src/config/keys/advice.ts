/** Replacements for keys that do not exist. */
const PROXY_ADVICE =
  'A proxy is never taken from a file; with NODE_USE_ENV_PROXY=1, Node 24 and later goes through HTTPS_PROXY.';

/** Keys that will never exist, and what to do instead. */
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
  allowenv: 'A file cannot extend its own permissions; use `--allow-env`.',
  '<<': 'Merge keys are not part of YAML 1.2; write the keys out.',
};

/** Other words for existing keys. */
export const OTHER_WORDS: Readonly<Record<string, string>> = {
  name: 'label',
  title: 'label',
  endpoint: 'url',
  endpointurl: 'url',
  webhook: 'url',
};
