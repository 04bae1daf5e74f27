/** The findings from PagerDuty itself: a few concurrent requests, each sent once. Changes nothing. */

import type { Config } from '../../../config/config.ts';
import { AuthError, RemoteError } from '../../../errors.ts';
import { isObject } from '../../../json-fields.ts';
import { REGIONS } from '../../../lib/way/app-tokens.ts';
import { createProbe, type Probe, type Probed } from '../../../pagerduty/http/probe.ts';
import { chooseSchema } from '../../../pagerduty/reads/schema.ts';
import { decodeSchema } from '../../../pagerduty/wire.ts';
import { accountOf, userOf } from '../../connection/who.ts';
import type { CanConnect, CommandConnection } from '../../context.ts';
import { actionsFinding } from './actions.ts';
import { type DoctorFinding, fail, failed, ok, warn } from './finding.ts';
import { clockFinding, rateFinding } from './headers.ts';
import { scopeFindings, writeFinding } from './rights.ts';

interface AccountQuestion {
  readonly config: Config | undefined;
  /** Aborts when the time for all checks is up. */
  readonly deadline: AbortSignal;
  /** The wall clock, in milliseconds since 1970. */
  readonly now: () => number;
}

/** All findings that need PagerDuty. Without a usable credential: only whether PagerDuty can be reached. */
export async function accountFindings(
  context: CanConnect,
  asked: AccountQuestion,
): Promise<readonly DoctorFinding[]> {
  const { connection, problem } = await open(context);
  if (!connection) return problem ? [problem] : [];
  try {
    const findings = await ask(connection, { ...asked, hasToken: problem === undefined });
    // Without a token, PagerDuty refuses every request, so nothing else can be checked.
    return problem ? [problem, ...findings] : findings;
  } finally {
    await connection.close();
  }
}

async function open(
  context: CanConnect,
): Promise<{ connection?: CommandConnection; problem?: DoctorFinding }> {
  const { connect, connectBare } = await import('../../connection/connect.ts');
  try {
    return { connection: await connect(context, undefined, false) };
  } catch (error) {
    const problem = failed('credentials', error);
    if (!(error instanceof AuthError)) return { problem };
    return { problem, connection: await connectBare(context) };
  }
}

type LiveQuestion = AccountQuestion & { readonly hasToken: boolean };

async function ask(connection: CommandConnection, live: LiveQuestion): Promise<readonly DoctorFinding[]> {
  const probe = await probeOf(connection, live.deadline);
  const get = (path: string, what: string, query: Readonly<Record<string, string>> = {}): Promise<Probed> =>
    probe({ method: 'GET', path, query }, what);
  const first = get('/extension_schemas', 'read the list of extension schemas', { limit: '100' });
  const rest = live.hasToken
    ? [
        get('/services', 'read the list of services', { limit: '1' }),
        get('/extensions', 'read the list of extensions', { limit: '1' }),
        get('/users/me', 'read the user behind the token'),
      ]
    : [];
  const [schemas, services, extensions, me] = await Promise.all([first, ...rest]);
  const reach = reachFinding(schemas, connection.address.url);
  if (!reach.reached) return [reach.finding];
  const common = [reach.finding, clockFinding(schemas.answer, live.now())];
  if (!services || !extensions || !me) return common;
  const refused = [schemas, services, extensions].find(({ error }) => isRefused(error))?.error;
  if (refused) return [...common, await refusedFinding(connection, refused, live.deadline)];
  return [
    ...common,
    tokenFinding(connection, me),
    accountFinding(services, live.config),
    ...readFindings([schemas, services, extensions]),
    await writeFinding(connection, me, probe),
    ...scopeFindings(connection.granted()),
    rateFinding(extensions.answer),
    ...schemaFindings(schemas),
    ...(extensions.error ? [] : [await actionsFinding(connection.store, live.deadline)]),
  ];
}

async function probeOf(connection: CommandConnection, deadline: AbortSignal, url?: string): Promise<Probe> {
  const { address, credential } = connection;
  const about = {
    host: new URL(url ?? address.url).host,
    hostFrom: url === undefined ? address.from : undefined,
    ofApp: credential.kind === 'app',
  };
  return createProbe(await connection.transport(url), about, deadline);
}

function isRefused(error: unknown): boolean {
  return error instanceof AuthError && error.reason === 'unauthorized';
}

/** A server counts as reached if it answers like PagerDuty, even with a refusal. */
function reachFinding({ answer, error }: Probed, url: string): { reached: boolean; finding: DoctorFinding } {
  const { host } = new URL(url);
  const isForeign = error instanceof RemoteError && error.reason !== 'gone' && error.reason !== 'invalid';
  if (error && (isForeign || !answer) && !(error instanceof AuthError)) {
    return { reached: false, finding: failed('reach', error) };
  }
  // The identity endpoint of an app has refused it, or could not be reached.
  if (error && !answer) return { reached: false, finding: failed('token', error) };
  return { reached: true, finding: ok('reach', `${host} responds`) };
}

/** A refused token may belong to the other region. It is tried there, because both regions are PagerDuty's. */
async function refusedFinding(
  connection: CommandConnection,
  error: unknown,
  deadline: AbortSignal,
): Promise<DoctorFinding> {
  const finding = failed('token', error);
  const other = Object.entries(REGIONS).find(([url]) => url !== connection.address.url);
  if (REGIONS[connection.address.url] === undefined || !other || connection.credential.kind === 'app') {
    return finding;
  }
  const [url, region] = other;
  const probe = await probeOf(connection, deadline, url);
  const answer = await probe({ method: 'GET', path: '/abilities' }, 'ask the other region');
  if (answer.error) return finding;
  const text = `the token is for the ${region} region, so ${new URL(connection.address.url).host} rejects it`;
  return fail(
    'token',
    'auth',
    text,
    `Pass \`--region ${region}\`, or add \`region: ${region}\` to the config.`,
  );
}

function tokenFinding({ credential }: CommandConnection, { document }: Probed): DoctorFinding {
  const user = userOf(document);
  const kind = { app: 'an OAuth app', bearer: 'an OAuth token', token: 'an API key' }[credential.kind];
  if (user !== null) return ok('token', `${kind} of ${user}`);
  return ok('token', `${credential.kind === 'token' ? 'an account-level API key' : kind}, accepted`);
}

function accountFinding({ document }: Probed, config: Config | undefined): DoctorFinding {
  const account = accountOf(document);
  if (account === null)
    return warn(
      'account',
      'unknown: no visible service shows it',
      'Check that this token can see a service.',
    );
  if (config?.account === undefined || config.account === account) return ok('account', account);
  const text = `the token is for ${account}, but the config is for ${config.account}`;
  return fail(
    'account',
    'auth',
    text,
    "Use a token for the config's account, or a config for the token's account.",
  );
}

function readFindings(probes: readonly Probed[]): readonly DoctorFinding[] {
  const errors = probes.flatMap(({ error }) => error ?? []);
  if (errors.length === 0) return [ok('read', 'services, extensions and their schemas can be read')];
  return errors.map((error) => failed('read', error));
}

function schemaFindings({ document, error }: Probed): readonly DoctorFinding[] {
  if (error || !isObject(document) || !Array.isArray(document.extension_schemas)) return [];
  const http = { method: 'GET', path: '/extension_schemas', host: '' };
  try {
    chooseSchema(document.extension_schemas.filter(isNamed).map(decodeSchema), http);
    return [ok('schema', 'custom incident actions are available')];
  } catch (problem) {
    // More than one page, because the reads of actions go through all of them.
    return document.more === true ? [] : [failed('schema', problem, 'remote')];
  }
}

/** True for a readable record; others cannot be the schema. */
function isNamed(schema: unknown): boolean {
  return isObject(schema) && typeof schema.id === 'string';
}
