/** The health of the endpoint behind a disabled action, checked like `test` does. */
import type { LiveAction, Service } from '../../../core/action.ts';
import type { Prepared } from '../../../engine/prepare.ts';
import type { EndpointCheck, EndpointFinding } from '../../../tester/check.ts';
import { judgeEndpoint } from '../../../tester/judge.ts';
import { messageOf } from '../../../tester/payload.ts';
import type { TestTarget, TestWorld } from '../../../tester/target.ts';
import type { Health } from './events.ts';

/** A disabled action, with the state of its endpoint. */
export interface DisabledAction {
  readonly action: LiveAction;
  readonly service: Pick<Service, 'id' | 'name'>;
  /** The endpoint with the declared headers; undefined for an unmanaged action. */
  readonly target: TestTarget | undefined;
  readonly health: Health;
  readonly why: string;
}

/** Passive checks: they have no effect at the endpoint. */
const LOOKS: readonly EndpointCheck[] = ['dns', 'tls', 'certificate'];

/**
 * All disabled actions on the services of a plan, checked concurrently.
 * @param sends whether the message of `pdactions test` is sent, which receivers other than `listen` act on
 */
export function judgeDisabled(
  { plan, desired }: Prepared,
  world: TestWorld,
  sends: boolean,
): Promise<readonly DisabledAction[]> {
  const specs = new Map(desired.map(({ service, actions }) => [service.id, actions]));
  const disabledActions = plan.services.flatMap(({ service, live }) =>
    live.writable.filter(({ disabled }) => disabled === true).map((action) => ({ action, service })),
  );
  return Promise.all(
    disabledActions.map(async ({ action, service }) => {
      const spec = specs
        .get(service.id)
        ?.find(({ label, url }) => label === action.label && url === action.url);
      const target = spec && { label: spec.label, url: spec.url, headers: spec.headers ?? [] };
      const verdict = await judge(action, target, spec?.headers === null, world, sends);
      return { action, service, target, ...verdict };
    }),
  );
}

async function judge(
  action: LiveAction,
  target: TestTarget | undefined,
  hasHiddenHeaders: boolean,
  world: TestWorld,
  sends: boolean,
): Promise<Pick<DisabledAction, 'health' | 'why'>> {
  if (!target) return { health: 'unknown', why: 'it differs from the config' };
  const isWhole = !hasHiddenHeaders || action.headerNames?.length === 0;
  const checks: readonly EndpointCheck[] = sends && isWhole ? [...LOOKS, 'press'] : LOOKS;
  const findings = await judgeEndpoint(target, { checks, message: pressOf(world) }, world);
  const failed = findings.find(({ verdict }) => verdict === 'fail');
  if (failed) return { health: 'unhealthy', why: describe(failed) };
  if (!isWhole)
    return { health: 'unknown', why: 'its headers are not in the config, so no test message can be sent' };
  return {
    health: 'healthy',
    why: sends ? 'it accepted a test message' : 'its host name and certificate are valid',
  };
}

function describe({ check, text }: EndpointFinding): string {
  return `${check}: ${text}`;
}

function pressOf({ now }: TestWorld) {
  return ({ label, url, headers }: TestTarget, webhookId: string) =>
    messageOf({ label, url, headers, webhookId, at: new Date(now()).toISOString() });
}
