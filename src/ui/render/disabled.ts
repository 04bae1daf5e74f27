/** Why PagerDuty has disabled actions, and how to re-enable them (facts 39 and 41). */
import type { LiveAction } from '../../core/action.ts';
import { plural } from '../text/plural.ts';
import { signed } from '../text/signs.ts';
import { type Line, line, styled } from '../text/text.ts';

/** The explanation for disabled actions; nothing if there are none. */
export function renderDisabled(actions: readonly LiveAction[]): Line[] {
  const disabled = actions.filter((action) => action.disabled === true);
  const [first, ...others] = disabled;
  if (!first) return [];
  const name = others.length === 0 ? first.id : 'ID';
  const all = others.length === 0 ? '' : ' (`--all-disabled` for all of them)';
  const hint = (text: string): Line => line(signed('accent', '  → '), text);
  return [
    line(
      styled('warn', `${plural(disabled.length, 'action')} disabled by PagerDuty: `),
      'three deliveries in a row were dropped, usually for a 4xx answer other than 429, or a TLS error.',
    ),
    line('  Presses are dropped until this ends by itself, within 24 h, or until it is re-enabled.'),
    hint(`\`pdactions test ${name}\` checks the endpoint.`),
    hint(`\`pdactions enable ${name}\` re-enables it${all}. Three more drops disable it again.`),
  ];
}
