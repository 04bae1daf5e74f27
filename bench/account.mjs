/** The cost of large accounts: requests, time under latency, and the used share of a rate limit. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { api } from '@pagerduty/pdjs';
import { configFor, median, nameOf, runProgram, seedOf, withAccount } from './tools.mjs';

const THOUSAND = 1_000;

/** Rows 3 and 4: requests of a plan without changes. */
export async function measureRequests() {
  return withAccount(seedOf(THOUSAND, 3), async (account) => {
    const all = await requestsOfPlan(account, ['*']);
    const byId = await requestsOfPlan(
      account,
      Array.from({ length: THOUSAND }, (_, index) => `id:PS${String(index).padStart(5, '0')}`),
    );
    const five = await requestsOfPlan(
      account,
      [7, 77, 177, 577, 977].map((index) => nameOf(index)),
    );
    const what = 'requests of a no-change `plan`';
    return [
      {
        what: `${what} over 1,000 services with 3 actions each`,
        limit: '≤ 42',
        value: all,
        ok: all <= 42,
        detail: 'the floor: 30 pages of actions, 10 of services, 1 schema',
      },
      {
        what: `${what} over the same services, selected by id`,
        limit: '≤ 42',
        value: byId,
        ok: byId <= 42,
        detail: '',
      },
      {
        what: `${what} over 5 services of that account, named in the config`,
        limit: '≤ 13',
        value: five,
        ok: five <= 13,
        detail: '',
      },
    ];
  });
}

async function requestsOfPlan({ cwd, env, log }, selectors) {
  writeFileSync(join(cwd, 'pdactions.config.json'), configFor(selectors));
  const before = (await log()).requests.length;
  const { stdout } = await runProgram(['plan', '--json'], { cwd, env });
  if (/"kind": "(create|update|delete)"/.test(stdout)) throw new Error('the plan has changes');
  return (await log()).requests.length - before;
}

/** Row 5: the whole `list` command, including its start, against the bare requests of pdjs. */
export async function measureListing() {
  return withAccount(seedOf(THOUSAND, 3, { latencyMs: 50 }), async ({ cwd, env }) => {
    const ours = [];
    const theirs = [];
    for (let round = 0; round < 5; round += 1) {
      const { ms, stdout } = await runProgram(['list', '--json'], { cwd, env });
      const listed = JSON.parse(stdout).services.flatMap(({ actions }) => actions).length;
      ours.push(ms);
      const began = performance.now();
      const { resource } = await api({ token: env.PAGERDUTY_TOKEN }).all('/extensions', {
        // pdjs expects the name of the resource after `com/` (D10), which no server on this machine has.
        url: `${env.PAGERDUTY_API_URL}/.com/extensions/../../extensions`,
        queryParameters: { limit: 100 },
      });
      theirs.push(performance.now() - began);
      if (listed !== 3 * THOUSAND || resource.length !== listed) {
        throw new Error(`${listed} listed, ${resource.length} by pdjs`);
      }
    }
    const ratio = median(ours) / median(theirs);
    return [
      {
        what: 'time of `list --json` with 3,000 actions at 50 ms latency against pdjs `all()`, pages of 100',
        limit: '≤ 0.25',
        value: ratio.toFixed(2),
        ok: ratio <= 0.25,
        detail: `${median(ours).toFixed(0)} ms for services and actions, including start-up; ${median(theirs).toFixed(0)} ms for the actions`,
      },
    ];
  });
}

/** Requests that wait for one another: the cost of each millisecond of latency for the whole command. */
export async function measureDepth() {
  const LATENCY_MS = 200;
  const timed = (latencyMs) =>
    withAccount(seedOf(100, 3, { latencyMs }), async ({ cwd, env }) => {
      writeFileSync(join(cwd, 'pdactions.config.json'), configFor(['*']));
      const times = [];
      for (let round = 0; round < 5; round += 1)
        times.push((await runProgram(['plan', '--json'], { cwd, env })).ms);
      return median(times);
    });
  const [near, far] = [await timed(0), await timed(LATENCY_MS)];
  const depth = (far - near) / LATENCY_MS;
  return [
    {
      what: 'depth of a no-change `plan` over 100 services with 300 actions: sequential round trips',
      limit: '≤ 2.4',
      value: depth.toFixed(1),
      ok: depth <= 2.4,
      detail: `${far.toFixed(0)} ms at ${LATENCY_MS} ms latency, ${near.toFixed(0)} ms without; first the schema and page 1 of both lists, then the other pages`,
    },
  ];
}

/** PagerDuty's documented limit (fact 23), an account beyond the 10,000 of one list, and the default time limit. */
export async function measureDocumentedRate() {
  const services = 9_900;
  return withAccount(
    seedOf(services, 3, { rateLimit: { limit: 960, windowSeconds: 60 } }),
    async (account) => {
      const began = performance.now();
      const requests = await requestsOfPlan(account, ['*']);
      const seconds = (performance.now() - began) / 1000;
      const refused = (await account.log()).requests.filter(({ status }) => status === 429).length;
      return [
        {
          what: 'requests of a no-change `plan` over 9,900 services with 3 actions each, at 960 requests a minute',
          limit: '≤ 500',
          value: requests,
          ok: requests <= 500 && refused === 0,
          detail: `${seconds.toFixed(1)} s, ${refused} responses with 429; one request for each service would take ten minutes`,
        },
      ];
    },
  );
}

const RATE = { limit: 960, windowSeconds: 4 };

/** Row 6: PagerDuty's limit, but a window of seconds instead of a minute. */
export async function measureWriting() {
  return withAccount(seedOf(THOUSAND, 0, { rateLimit: RATE }), async ({ cwd, env, log }) => {
    writeFileSync(join(cwd, 'pdactions.config.json'), configFor(['*']));
    const { ms } = await runProgram(['sync', '--yes', '--quiet', '--json'], { cwd, env });
    const { requests } = await log();
    const refused = requests.filter(({ status }) => status === 429).length;
    const share = shareUsed(requests.map(({ at }) => Date.parse(at)));
    return [
      {
        what: `creating 3,000 actions under the rate limit (${RATE.limit} in ${RATE.windowSeconds} s): share of the limit used`,
        limit: '≥ 0.97',
        value: share.toFixed(3),
        ok: share >= 0.97,
        detail: `${requests.length} requests in ${(ms / 1000).toFixed(1)} s; complete windows only`,
      },
      readBackRow(requests),
      { what: 'the same: responses with 429', limit: '0', value: refused, ok: refused === 0, detail: '' },
    ];
  });
}

/** The requests after the last write confirm that all of them were stored. */
function readBackRow(requests) {
  const isWrite = ({ method }) => method !== 'GET';
  const written = requests.filter(isWrite).length;
  const last = requests.findLastIndex(isWrite);
  const after = requests.slice(last + 1).length;
  const looks = requests.slice(requests.findIndex(isWrite), last).filter((one) => !isWrite(one)).length;
  const most = Math.ceil(written / 100);
  return {
    what: 'the same: requests after the last write, to verify all of them',
    limit: `≤ ${most}`,
    value: after,
    ok: after > 0 && after <= most,
    detail: `one page for 100 of ${written} written; ${looks} reads in between, one before each create that fills a last slot`,
  };
}

/** The mean share over all windows except the last one, which ends when the run has finished. */
function shareUsed(times) {
  const counts = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const at of times.sort((a, b) => a - b)) {
    if (at >= end) {
      counts.push(0);
      end = at + RATE.windowSeconds * 1000;
    }
    counts[counts.length - 1] += 1;
  }
  const full = counts.slice(0, -1);
  return full.reduce((sum, count) => sum + count, 0) / full.length / RATE.limit;
}
