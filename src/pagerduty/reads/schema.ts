/** Finds the extension schema of custom incident actions. */
import { type HttpFacts, RefusedError } from '../../errors.ts';
import type { Schema } from '../wire.ts';

/** The extension type that this program manages (fact 4). Ids of schemas are looked up, never remembered (U14). */
const SCHEMA_KEY = 'custom_webhook';

/**
 * The id of the schema, from the whole list.
 * @param http the request of the list, for the message
 * @throws RefusedError `schema` if it is missing or there are two (F42)
 */
export function chooseSchema(schemas: readonly Schema[], http: HttpFacts): string {
  const [schema, ...others] = schemas.filter(({ key }) => key === SCHEMA_KEY);
  if (schema && others.length === 0) return schema.id;
  const candidates = schema
    ? [schema, ...others]
    : schemas.filter(({ key, label }) => /custom/i.test(key + label));
  throw new RefusedError(
    schema
      ? `several extension schemas have the key \`${SCHEMA_KEY}\``
      : `this account has no extension schema with the key \`${SCHEMA_KEY}\`, which custom incident actions require`,
    {
      reason: 'schema',
      http,
      details: candidates.map(({ id, key, label }) => `${id}  ${key}  ${label}`),
      hint: 'Nothing was written. Check that this is the PagerDuty API; if it is, report a bug in pdactions.',
    },
  );
}
