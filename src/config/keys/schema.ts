/**
 * The shape of a configuration file: which keys there are and what kind of value each takes. `schema.json` is generated from
 * this, so each description here is what an editor shows. What a shape cannot say is in the rules.
 */
import * as z from 'zod/mini';
import { LONGEST_PATH, MOST_ACTIONS, MOST_BASES } from './schema-limits.ts';

// One document is checked per run: generating code for it costs more than it saves, and needs `eval`.
z.config({ jitless: true });

const actionKey = z
  .string()
  .check(
    z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/),
    z.describe('A short name for the action, used in `services`.'),
  );

/** RFC 9110 calls it a token (T04). */
const headerName = z.string().check(z.regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/));

const label = z.string().check(z.regex(/^[\s\S]{1,255}$/u));

const headers = z
  .record(headerName, z.string())
  .check(
    z.describe(
      'HTTP headers that PagerDuty sends with each delivery, by name. Values may hold ${NAME} or ${NAME:-default}. Leave it out and whatever PagerDuty has stays as it is; {} means none.',
    ),
  );

const renamedFrom = z
  .union([label, z.array(label).check(z.maxLength(10))])
  .check(
    z.describe('A label, or several, that this action used to have: it is renamed instead of created anew.'),
  );

const wordOfCommand = z.string().check(z.maxLength(4096), z.regex(/^[^\0]*$/));

const variableNames = z
  .array(z.string().check(z.regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/)))
  .check(
    z.maxLength(50),
    z.describe(
      'Names of environment variables that the program may see, beside PATH, HOME, LANG, TZ and the PD_* variables with the press. Default: none.',
    ),
  );

const handlerSchema = z
  .strictObject({
    command: z
      .array(wordOfCommand)
      .check(
        z.minLength(1),
        z.maxLength(100),
        z.describe(
          'The program and its arguments, each a text of its own. No shell reads them, and nothing in them is expanded.',
        ),
      ),
    timeout: z.optional(
      z
        .int()
        .check(
          z.gte(1),
          z.lte(86_400),
          z.describe('The longest that it may take, in seconds; then it is ended. Default: 60.'),
        ),
    ),
    concurrency: z.optional(
      z
        .int()
        .check(
          z.gte(1),
          z.lte(4),
          z.describe('How many runs of it at a time, up to 4. Default: 1, in order.'),
        ),
    ),
    env: z.optional(variableNames),
    note: z.optional(
      z
        .enum(['always', 'on-failure', 'never'])
        .check(z.describe('When the outcome becomes a note on the incident. Default: always.')),
    ),
  })
  .check(
    z.describe('What `pdactions listen` runs when the button was pressed. It is not sent to PagerDuty.'),
  );

const actionSchema = z.strictObject({
  label: label.check(z.describe("The text of the button; PagerDuty calls it the action's name.")),
  description: z.optional(
    z.string().check(z.describe('For people who read this file. It is not sent to PagerDuty.')),
  ),
  url: z
    .string()
    .check(
      z.minLength(1),
      z.describe(
        'Where PagerDuty sends the incident when the button is pressed. May hold ${NAME} or ${NAME:-default}.',
      ),
    ),
  headers: z.optional(headers),
  renamedFrom: z.optional(renamedFrom),
  handler: z.optional(handlerSchema),
  fingerprint: z.optional(
    z
      .boolean()
      .check(
        z.describe(
          'Send a header along whose name shows when a header value has changed. Needs PDACTIONS_FINGERPRINT_KEY. Default: the `fingerprint` of the file.',
        ),
      ),
  ),
  allowInsecureUrl: z.optional(
    z
      .boolean()
      .check(z.describe('Accept an http:// URL. Never possible together with secrets. Default: false.')),
  ),
  allowIdn: z.optional(
    z
      .boolean()
      .check(z.describe('Accept a host name that mixes letters of several scripts. Default: false.')),
  ),
  allowUnicodeControls: z.optional(
    z
      .boolean()
      .check(z.describe('Accept invisible and bidirectional characters in the label. Default: false.')),
  ),
});

const actionKeys = z.array(z.string()).check(
  z.maxLength(3),
  z.refine((keys) => new Set(keys).size === keys.length),
  z.meta({ uniqueItems: true, description: 'Up to three keys of `actions`: a service has three slots.' }),
);

const selectionSchema = z.strictObject({
  actions: actionKeys,
  prune: z.optional(
    z
      .boolean()
      .check(
        z.describe(
          'Delete actions of these services that this file does not mention. Default: the `prune` of the file.',
        ),
      ),
  ),
});

const filePath = z.string().check(z.minLength(1), z.maxLength(LONGEST_PATH));

const bases = z.array(filePath).check(
  z.minLength(1),
  z.maxLength(MOST_BASES),
  z.refine((paths) => new Set(paths).size === paths.length),
  z.meta({ uniqueItems: true }),
);

export const configSchema = z
  .strictObject({
    $schema: z.optional(z.string().check(z.describe('The schema of this file, for editors.'))),
    account: z.optional(
      z
        .string()
        .check(
          z.regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/),
          z.describe(
            'The subdomain of the PagerDuty account. A token of another account stops the run before any write.',
          ),
        ),
    ),
    region: z.optional(
      z.enum(['us', 'eu']).check(z.describe('The service region of the account. Default: us.')),
    ),
    extends: z.optional(
      z
        .union([filePath, bases])
        .check(
          z.describe(
            'Files with actions that this one can use, too: paths from this file, inside the repository. They select no services.',
          ),
        ),
    ),
    actions: z.optional(
      z.record(actionKey, actionSchema).check(
        z.refine((actions) => Object.keys(actions).length <= MOST_ACTIONS),
        z.meta({ maxProperties: MOST_ACTIONS, description: 'The actions, each by a key of its own.' }),
      ),
    ),
    services: z.optional(
      z
        .record(z.string().check(z.minLength(1)), z.union([actionKeys, selectionSchema]))
        .check(
          z.describe(
            'Which services carry which actions. Keys select services: an exact name, "id:PIJ90N7", a pattern such as "web-*", or "team:Payments". Only a file that others extend has none.',
          ),
        ),
    ),
    prune: z.optional(
      z
        .boolean()
        .check(
          z.describe(
            'Delete actions of the selected services that this file does not mention. Default: false.',
          ),
        ),
    ),
    fingerprint: z.optional(
      z
        .boolean()
        .check(z.describe('The default of `fingerprint` for the actions of this file. Default: false.')),
    ),
  })
  .check(
    // Which keys else are needed depends on whether others extend the file: `missingKeys` of shape.ts.
    z.refine((file) => file.actions !== undefined || file.extends !== undefined),
    z.meta({
      title: 'Configuration of pdactions',
      anyOf: [{ required: ['actions'] }, { required: ['extends'] }],
    }),
  );

/** One objection of the validator, cut to what is used. Its own message is not: it may repeat a value. */
export interface ShapeIssue {
  readonly code: string;
  readonly path: readonly (string | number)[];
  readonly expected?: string | undefined;
  /** Of unknown keys. */
  readonly keys?: readonly string[] | undefined;
  /** What each variant of a union objects to. */
  readonly variants?: readonly (readonly ShapeIssue[])[] | undefined;
}

/** The keys that can stand in each kind of object. */
export const KNOWN_KEYS = {
  file: Object.keys(configSchema.shape),
  action: Object.keys(actionSchema.shape),
  selection: Object.keys(selectionSchema.shape),
  handler: Object.keys(handlerSchema.shape),
} as const;

/** Everything that a plain value lacks to be a configuration, as far as its shape goes. */
export function checkShape(plain: unknown): ShapeIssue[] {
  const result = z.safeParse(configSchema, plain);
  return result.success ? [] : result.error.issues.map(toIssue);
}

type Issue = z.core.$ZodIssue;

function toIssue(issue: Issue): ShapeIssue {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  return {
    code: issue.code,
    path,
    expected: 'expected' in issue ? issue.expected : undefined,
    keys: issue.code === 'unrecognized_keys' ? issue.keys : undefined,
    variants:
      issue.code === 'invalid_union' ? issue.errors.map((variant) => variant.map(toIssue)) : undefined,
  };
}
