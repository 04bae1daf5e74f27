/** The endpoints of live actions, for `test`: by id or label, each endpoint once. */
import type { HeaderSpec, LiveAction } from '../../../core/action.ts';
import { isFingerprintName } from '../../../core/headers/header-names.ts';
import { hidesSomething } from '../../../core/same/redacted.ts';
import { AuthError, RefusedError, UsageError } from '../../../errors.ts';
import { nearest } from '../../../nearest.ts';
import { findActions } from '../../ask/find-action.ts';
import { readHeaders } from '../../ask/headers.ts';
import type { CanConnect, CanFind, CommandConnection } from '../../context.ts';
import type { NamedTarget, TargetFlags } from './named-target.ts';

/** Finds live actions without prompting for a token. */
export type CanFindLive = CanConnect & Omit<CanFind, 'store'>;

/**
 * The endpoints of an id or a label. A label means every action with it, or those on the selected services.
 * @param declared keys and labels of the config, for the hint
 * @throws UsageError if the config has no such action and there is no token to look for a live one; RefusedError if neither has it
 */
export async function liveTargets(
  context: CanFindLive,
  text: string,
  flags: TargetFlags,
  declared: readonly string[],
): Promise<readonly NamedTarget[]> {
  const given = readHeaders(flags, context.env) ?? [];
  const connection = await connectTo(context, text, declared);
  try {
    const options = { services: flags.service ?? [], verb: 'test', onEach: 'always' } as const;
    const world = { ...context, store: async () => connection.store };
    const actions = await findActions(world, [text], options);
    return byEndpoint(actions).map((group) => targetOf(group, given));
  } finally {
    await connection.close();
  }
}

async function connectTo(
  context: CanFindLive,
  text: string,
  declared: readonly string[],
): Promise<CommandConnection> {
  const { connect } = await import('../../connection/connect.ts');
  try {
    return await connect(context, undefined, false);
  } catch (error) {
    if (!(error instanceof AuthError) || declared.length === 0) throw error;
    const [similar] = nearest(text, declared);
    const meant = similar === undefined ? '' : `Did you mean \`${similar}\`? `;
    throw new UsageError(
      `the config has no action \`${text}\`, and there is no token to look for a live one`,
      {
        hint: `${meant}Set PAGERDUTY_TOKEN to look up live actions.`,
        cause: error,
      },
    );
  }
}

type EndpointGroup = readonly [LiveAction, ...LiveAction[]];

/** Actions with the same URL and headers are one endpoint, which gets one message. */
function byEndpoint(actions: readonly LiveAction[]): readonly EndpointGroup[] {
  const groups = new Map<string, [LiveAction, ...LiveAction[]]>();
  for (const action of actions) {
    const key = JSON.stringify([action.url, action.headerNames]);
    const group = groups.get(key);
    if (group) group.push(action);
    else groups.set(key, [action]);
  }
  return [...groups.values()];
}

/** @throws RefusedError for a URL that PagerDuty does not show in full */
function targetOf([first, ...others]: EndpointGroup, given: readonly HeaderSpec[]): NamedTarget {
  const { label, id, url, headerNames } = first;
  if (url === null || hidesSomething(url)) {
    throw new RefusedError(`PagerDuty does not show the whole URL of \`${label}\` (${id})`, {
      hint: 'Pass it with `--url`. Nothing was sent.',
    });
  }
  const sent = new Set(given.map(({ name }) => name.toLowerCase()));
  const unsent = (headerNames ?? []).filter(
    (name) => !sent.has(name.toLowerCase()) && !isFingerprintName(name),
  );
  return { key: null, label, url, headers: given, ids: [id, ...others.map((other) => other.id)], unsent };
}
