/** The JSON schemas of docs/schemas/. */
import * as z from 'zod';
import { DOCUMENTS } from './documents.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const NOTE =
  'It describes this version exactly. Later versions can add members without increasing `version`, so ignore unknown members.';

/** The file of a document's schema. */
export function schemaFile(name: string): string {
  return `docs/schemas/${name}.schema.json`;
}

/**
 * The schemas, by path.
 * @param planSchema the content of docs/plan.schema.json, whose reports and errors they share
 */
export function documentSchemas(planSchema: {
  readonly definitions: Readonly<Record<string, Json>>;
}): Map<string, string> {
  return new Map(
    Object.entries(DOCUMENTS).map(([name, { title, schema }]) => {
      const {
        $schema,
        definitions: own,
        ...rest
      } = z.toJSONSchema(schema, { target: 'draft-7', io: 'input' });
      const known = { ...planSchema.definitions, ...(own as Record<string, Json>) };
      const definitions = definitionsIn(rest as Json, known);
      const shared = Object.keys(definitions).length === 0 ? {} : { definitions };
      const whole = { $schema, title, description: `${title}. ${NOTE}`, ...rest, ...shared };
      return [schemaFile(name), `${JSON.stringify(whole, null, 2)}\n`];
    }),
  );
}

/** The definitions that a schema refers to, directly or indirectly, sorted. */
function definitionsIn(schema: Json, all: Readonly<Record<string, Json>>): Record<string, Json> {
  const found = new Set<string>();
  const visit = (value: Json): void => {
    for (const [, name = ''] of JSON.stringify(value).matchAll(/"\$ref":"#\/definitions\/(\w+)"/g)) {
      const definition = all[name];
      if (definition === undefined) throw new Error(`there is no definition ${name}`);
      if (found.has(name)) continue;
      found.add(name);
      visit(definition);
    }
  };
  visit(schema);
  return Object.fromEntries([...found].sort().map((name) => [name, all[name] ?? null]));
}
