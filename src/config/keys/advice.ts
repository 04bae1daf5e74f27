/** Replacements for keys that do not exist. */
const PROXY_ADVICE = 'A config file cannot set a proxy; set HTTPS_PROXY.';

/** Keys that will never exist, and what to do instead. */
export const ADVICE: Readonly<Record<string, string>> = {
  apiurl: 'A config file cannot set the API URL; pass `--api-url`.',
  baseurl: 'A config file cannot set the API URL; pass `--api-url`.',
  host: 'A config file cannot set the API URL; pass `--api-url`.',
  proxy: PROXY_ADVICE,
  httpsproxy: PROXY_ADVICE,
  tls: 'A config file cannot change TLS settings; for a private certificate authority, pass `--ca-file` or set NODE_EXTRA_CA_CERTS.',
  rejectunauthorized:
    'Certificates are always checked; for a private certificate authority, pass `--ca-file` or set NODE_EXTRA_CA_CERTS.',
  token: 'Keep the token out of the repository; set PAGERDUTY_TOKEN.',
  apikey: 'Keep the token out of the repository; set PAGERDUTY_TOKEN.',
  allowenv: 'A config file cannot extend its own permissions; pass `--allow-env`.',
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
