/** The public parts of a delivery. */
import { parseUrl, percentDecoded } from '../../parse-url.ts';
import type { DeliveryRequest } from '../deliveries/http.ts';

const MASK = '***';
/** Shorter texts occur everywhere. */
const SHORTEST = 4;
/** The headers that the sandbox adds to those of an action. */
const NO_SECRETS = ['content-type', 'accept', 'user-agent', 'x-webhook-id'];

/** The target of a message, without user information, query and fragment, which may be credentials (fact 32). */
export function shownUrl(url: string | null): string | null {
  if (url === null) return null;
  const parsed = parseUrl(url);
  if (!parsed) return MASK;
  const { origin, pathname, search } = parsed;
  return origin + pathname + (search === '' ? '' : `?${MASK}`);
}

/** An endpoint's answer, without the secrets that it was sent, in case it echoes them. */
export function hideSecrets(text: string, request: DeliveryRequest): string {
  const secrets = secretsOf(request)
    .filter((secret) => secret.length >= SHORTEST)
    .sort((a, b) => b.length - a.length);
  return secrets.reduce((rest, secret) => rest.replaceAll(secret, MASK), text);
}

function secretsOf({ url, headers }: DeliveryRequest): string[] {
  const values = Object.entries(headers).flatMap(([name, value]) =>
    NO_SECRETS.includes(name) ? [] : [value, ...value.split(/\s+/)],
  );
  const parsed = parseUrl(url);
  return [...values, ...(parsed ? urlSecrets(parsed) : [])].flatMap(spellings);
}

function urlSecrets({ username, password, searchParams }: URL): string[] {
  const login = [username, password].filter((part) => part !== '');
  const basic = login.length > 0 ? [Buffer.from(login.map(percentDecoded).join(':')).toString('base64')] : [];
  return [...login, ...login.map(percentDecoded), ...basic, ...searchParams.values()];
}

/** Raw, and as encoded in JSON and in a URL. */
function spellings(secret: string): string[] {
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)];
}
