/** Finds out the rights of a token without changing anything. */
import type { Probe, Probed } from '../../../pagerduty/http/probe.ts';
import { writeRight } from '../../connection/rights.ts';
import { SCOPES } from '../../connection/scope-table.ts';
import type { CommandConnection } from '../../context.ts';
import { type DoctorFinding, ok, warn } from './finding.ts';

/** Decides whether the token may write. */
export async function writeFinding(
  connection: CommandConnection,
  me: Probed,
  probe: Probe,
): Promise<DoctorFinding> {
  const right = await writeRight(connection.granted(), me, probe);
  if (right.may === false) return readOnly(right.why);
  return right.may
    ? ok('write', `the ${connection.granted() ? 'app' : 'token'} can change actions`)
    : warn(
        'write',
        'unknown: PagerDuty did not say',
        '`pdactions plan` works; run `pdactions sync` to find out.',
      );
}

function readOnly(why: string): DoctorFinding {
  const next =
    'This is enough for `list`, `plan` and `export`. To change anything, use a key with full access, or the key of a Manager or Global Admin.';
  return warn('write', `read-only: ${why}`, next);
}

/** For an OAuth app: the commands that lack a scope, by scope. */
export function scopeFindings(granted: readonly string[] | undefined): readonly DoctorFinding[] {
  if (!granted) return [];
  const lacking = new Map<string, string[]>();
  for (const [command, { required }] of Object.entries(SCOPES)) {
    const missing = required.filter((scope) => !granted.includes(scope)).join(', ');
    if (missing !== '') lacking.set(missing, [...(lacking.get(missing) ?? []), command]);
  }
  if (lacking.size === 0) return [ok('scopes', 'the app has the scopes for every command')];
  return [...lacking].map(([missing, commands]) =>
    warn(
      'scopes',
      `without ${missing}, these do not work: ${commands.join(', ')}`,
      'To use them, add the scope to the app in PagerDuty, under Integrations > App Registration.',
    ),
  );
}
