/** The OAuth scopes that each command needs (fact 19). `npm run generate` makes the table in docs/getting-a-token.md. */

interface Needs {
  /** Without one of these the command is not started. */
  readonly required: readonly string[];
  /** Asked for, too: a part of the command needs it, and says so when it is missing. */
  readonly partly?: Readonly<Record<string, string>> | undefined;
}

const READING = ['extension_schemas.read', 'extensions.read', 'services.read'];
const TEAMS = { 'teams.read': 'selectors such as `team:Payments`' };

const reading: Needs = { required: READING, partly: TEAMS };
const writing: Needs = { required: [...READING, 'extensions.write'], partly: TEAMS };

/** By command; one that never asks PagerDuty has no entry. */
export const SCOPES: Readonly<Record<string, Needs>> = {
  list: reading,
  show: reading,
  test: reading,
  slots: {
    required: READING,
    partly: { 'teams.read': 'the teams of `--html`, and selectors such as `team:Payments`' },
  },
  open: { required: ['services.read'], partly: TEAMS },
  export: reading,
  import: reading,
  plan: reading,
  add: reading,
  remove: reading,
  init: reading,
  create: writing,
  update: writing,
  delete: writing,
  enable: writing,
  sync: writing,
  watch: { required: READING, partly: { ...TEAMS, 'extensions.write': '`--enable-healthy` and `--sync`' } },
  run: { required: [...READING, 'incidents.read', 'incidents.write'], partly: TEAMS },
  prove: { required: [...READING, 'incidents.read', 'incidents.write'], partly: TEAMS },
  listen: {
    required: ['incidents.read', 'incidents.write'],
    partly: { 'users.read': '`team:` in `handler.allow`' },
  },
};

/** The scopes to request, and those that must be granted. @throws Error for a command without an entry: a bug */
export function scopesFor(command: string): {
  readonly asked: readonly string[];
  readonly required: readonly string[];
} {
  if (command === 'doctor') return { asked: everyScope(), required: [] };
  const needs = SCOPES[command];
  if (!needs) throw new Error(`\`${command}\` has no entry in the table of scopes`);
  return { asked: [...needs.required, ...Object.keys(needs.partly ?? {})], required: needs.required };
}

/** The scopes that `doctor` requests, to name those missing for each command. */
function everyScope(): readonly string[] {
  const all = Object.values(SCOPES).flatMap(({ required, partly }) => [
    ...required,
    ...Object.keys(partly ?? {}),
  ]);
  return [...new Set(all)];
}
