/** Checks endpoints like `test`, except for the checks that send a message. */
import type { Config } from '../../../config/config.ts';
import { parseUrl } from '../../../parse-url.ts';
import { judgeEndpoint } from '../../../tester/judge.ts';
import type { Context } from '../../context.ts';
import { endpointWorld } from '../../endpoint-world.ts';
import { type DoctorFinding, ok } from './finding.ts';

/** A finding for each endpoint of the config with a problem, or a single one without problems. */
export async function endpointFindings(
  context: Pick<Context, 'clock' | 'interrupted'>,
  config: Config | undefined,
  { deadline, now }: { readonly deadline: AbortSignal; readonly now: () => number },
): Promise<readonly DoctorFinding[]> {
  const specs = [...(config?.actions ?? [])].filter(([, { url }]) => parseUrl(url) !== undefined);
  const world = { ...endpointWorld(context, now), signal: deadline };
  const wish = {
    checks: ['dns', 'tls', 'certificate'] as const,
    message: (): never => {
      throw new Error('no message is sent');
    },
  };
  const judged = await Promise.all(
    specs.map(async ([key, { label, url }]) => {
      const findings = await judgeEndpoint({ label, url, headers: [] }, wish, world);
      return findings.flatMap(({ check, verdict, text, hint }): DoctorFinding[] => {
        if (verdict !== 'warn' && verdict !== 'fail') return [];
        const finding = { check: 'endpoints', text: `${key}: ${check}: ${text}`, next: hint } as const;
        return [
          verdict === 'warn'
            ? { ...finding, state: 'warn' }
            : { ...finding, state: 'fail', verdict: 'remote' },
        ];
      });
    }),
  );
  const problems = judged.flat();
  return problems.length > 0
    ? problems
    : [ok('endpoints', `${specs.length} reachable, with valid certificates`)];
}
