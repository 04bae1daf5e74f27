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
  const all = others.length === 0 ? '' : ' (all of them: `--all-disabled`)';
  const hint = (text: string): Line => line(signed('accent', '  → '), text);
  return [
    line(
      styled('warn', `${plural(disabled.length, 'action')} disabled by PagerDuty: `),
      'it dropped three deliveries in a row, usually because of a 4xx response other than 429, or a TLS error.',
    ),
    line('  Presses are dropped until you re-enable it, or until PagerDuty does within 24 h.'),
    hint(`Check the endpoint with \`pdactions test ${name}\`.`),
    hint(`Re-enable it with \`pdactions enable ${name}\`${all}. Three more drops disable it again.`),
  ];
}
