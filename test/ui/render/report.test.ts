import { describe, expect, it } from 'vitest';
import type { Change } from '../../../src/core/plan.ts';
import { type OutcomeView, renderOutcomes, renderSummary } from '../../../src/ui/render/report.ts';
import { plain } from '../../../src/ui/text/text.ts';
import { live, service, spec } from '../../helpers/actions.ts';

const where = service('Checkout API');
const change = (id: string): Change => ({
  kind: 'delete',
  service: where,
  id,
  before: live('Restart', where, { id }),
});
const skipped = (id: string, why: string): OutcomeView => ({ change: change(id), status: 'skipped', why });
const shown = (outcomes: readonly OutcomeView[]): string[] =>
  renderOutcomes(outcomes, { debugging: false }).map(plain);

describe('the outcomes of a run', () => {
  it('has one line for changes that an interrupted run has not started', () => {
    const unstarted = Array.from({ length: 298 }, (_, at) => skipped(`P${at}`, 'interrupted'));
    const lines = shown([{ change: change('PDONE'), status: 'applied', id: 'PDONE' }, ...unstarted]);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain('deleted Restart');
    expect(lines[1]).toBe('- 298 changes not started (interrupted)');
  });

  it('names each change that was skipped for another reason', () => {
    const why = 'an earlier change to this service did not succeed';
    expect(shown([skipped('P1', why), skipped('P2', why)])).toHaveLength(2);
  });
});

describe('the summary of a run', () => {
  const created = (...fields: readonly ('label' | 'url')[]): OutcomeView => ({
    change: { kind: 'create', service: where, after: spec('Restart') },
    status: 'differs',
    id: 'PNEW',
    fields: fields.map((field) => ({ field, before: 'stored', after: 'sent' })),
  });
  const SAFE = 'Applied 0 of 1 change: 1 stored differently. Running the same command again is safe.';
  const summary = (...outcomes: readonly OutcomeView[]): string => renderSummary(outcomes).map(plain).join();

  it.each([
    ['another label', created('label')],
    ['another endpoint', created('url')],
  ])('calls a second run safe after %s was stored, by which the next plan recognises the rest', (_, one) => {
    expect(summary(one)).toBe(SAFE);
  });

  it('warns of a second run if neither label nor endpoint is the one that was sent', () => {
    expect(summary(created('label', 'url'))).toMatch(
      /^Applied 0 of 1 change: 1 stored differently\. Change the config .* creates it again\.$/,
    );
  });
});
