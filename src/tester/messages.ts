/** The checks that send messages: they have real effects at the endpoint. */
import type { EndpointCheck, EndpointFinding } from './check.ts';
import { ANSWER_WITHIN_MS, isSlow, judgeReply } from './consequence.ts';
import { deliver, type Reply } from './deliver.ts';
import { bodyOf, largeBodyOf, type MessageBody, omittedBodyOf } from './payload.ts';
import type { TestPlan, TestTarget, TestWorld } from './target.ts';

type BodyOf = (message: MessageBody, webhookId: string) => string;

/** Sends the messages of the checks, one after the other; after a refusal, the rest is not sent. */
export async function judgeMessages(
  target: TestTarget,
  wish: TestPlan,
  world: TestWorld,
): Promise<readonly EndpointFinding[]> {
  const { checks } = wish;
  const send = async (check: EndpointCheck, webhookId: string, body: BodyOf): Promise<Reply> => {
    wish.onCheck?.(check);
    const text = body(wish.message(target, webhookId), webhookId);
    const { url, headers } = target;
    return deliver({ url, headers, webhookId, body: text }, { ...world, withinMs: ANSWER_WITHIN_MS });
  };
  const findings: EndpointFinding[] = [];
  const first = world.newId();
  let firstReply: Reply | undefined;
  if (checks.includes('press') || checks.includes('duplicate')) {
    firstReply = await send('press', first, bodyOf);
    const finding = findingOf('press', firstReply);
    if (checks.includes('press')) findings.push(finding);
    if (finding.verdict === 'fail') {
      // If only the duplicate check was requested, it must report this failure.
      const check = checks.includes('press') ? 'press' : 'duplicate';
      const others = checks.filter((other) => other !== check);
      return [{ ...finding, check }, ...notSent(others, 'the first message was not accepted')];
    }
  }
  if (checks.includes('duplicate') && firstReply) {
    findings.push(judgeDuplicate(firstReply, await send('duplicate', first, bodyOf)));
  }
  if (checks.includes('large'))
    findings.push(findingOf('large', await send('large', world.newId(), largeBodyOf)));
  if (checks.includes('omitted'))
    findings.push(findingOf('omitted', await send('omitted', world.newId(), omittedBodyOf)));
  return findings;
}

/** The findings of checks whose messages are not sent. */
export function notSent(checks: readonly EndpointCheck[], why: string): EndpointFinding[] {
  return checks.map((check) => ({
    check,
    verdict: 'skipped',
    text: `not sent: ${why}`,
    basis: 'documented',
  }));
}

function findingOf(check: EndpointCheck, reply: Reply): EndpointFinding {
  const { consequence, basis, text, hint } = judgeReply(reply);
  const good = consequence === 'delivered';
  const verdict = !good ? 'fail' : isSlow(reply) ? 'warn' : 'pass';
  const shown = good ? PASSED[check](text) : text;
  const status = 'status' in reply ? { status: reply.status } : {};
  return {
    ...{ check, verdict, text: shown, basis, consequence, ...status },
    ...(hint === undefined ? {} : { hint }),
  };
}

const PASSED: Readonly<Record<EndpointCheck, (text: string) => string>> = {
  dns: (text) => text,
  tls: (text) => text,
  certificate: (text) => text,
  press: (text) => text,
  duplicate: (text) => text,
  large: (text) => `55 KB: ${text}`,
  omitted: (text) => `without its details: ${text}`,
};

/**
 * Deliveries are at least once, so a message can come twice (fact 42). Only answers are visible from outside: one that differs from the
 * first, or mentions a duplicate, shows that the endpoint noticed.
 */
function judgeDuplicate(first: Reply, second: Reply): EndpointFinding {
  const finding = findingOf('duplicate', second);
  if (finding.verdict === 'fail' || !('status' in first) || !('status' in second)) {
    const hint = 'Answer a repeated message with 2xx, and handle it only once.';
    return { ...finding, text: `the same message again: ${finding.text}`, hint };
  }
  const saysDuplicate =
    /duplicate|already|seen before/i.test(second.body) && !/duplicate|already/i.test(first.body);
  if (saysDuplicate || first.status !== second.status || first.body !== second.body) {
    const text = `the same message again: ${finding.text}, not the same answer as the first time`;
    return { ...finding, text, basis: 'inferred' };
  }
  return {
    ...finding,
    verdict: 'warn',
    basis: 'inferred',
    text: 'the same message again got the same answer: it may have been handled twice',
    hint: 'Remember each X-Webhook-Id: PagerDuty can deliver a press more than once. If you already do, ignore this.',
  };
}
