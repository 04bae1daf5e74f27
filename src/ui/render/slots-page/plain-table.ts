import { SLOTS_PER_SERVICE } from '../../../core/action.ts';
import { escapeHtml } from './escape.ts';
import type { Picture, PictureService, PictureSlot } from './picture.ts';

/** The whole picture as one table, for a browser without JavaScript. */
export function plainTable(picture: Picture): string {
  const rows = picture.services.map((service) => rowOf(picture, service));
  const slots = Array.from({ length: SLOTS_PER_SERVICE }, (_, index) => `Slot ${index + 1}`);
  const heads = ['Service', 'Team', ...slots, 'More'].map((head) => `<th scope="col">${head}</th>`).join('');
  return `<main><p class="note">Search, filters and colours need JavaScript, which is off. This table shows everything.</p>
<div class="scroll" role="region" aria-label="Slots of each service" tabindex="0"><table><thead><tr>${heads}</tr></thead><tbody>
${rows.join('\n')}
</tbody></table></div></main>`;
}

function rowOf(
  { teams, definitions }: Picture,
  { name, id, teams: of, slots, waiting }: PictureService,
): string {
  const cells = [
    of.map((place) => bdi(teams[place] ?? '')).join(', '),
    ...Array.from({ length: SLOTS_PER_SERVICE }, (_, index) => slotText(definitions, slots[index])),
    [
      ...slots.slice(SLOTS_PER_SERVICE).map((slot) => `over the limit: ${slotText(definitions, slot)}`),
      ...waiting.map((label) => `not live: ${bdi(label)}`),
    ].join('; '),
  ];
  return `<tr><th scope="row">${bdi(name)} <small>${escapeHtml(id)}</small></th>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}

function slotText(definitions: Picture['definitions'], slot: PictureSlot | undefined): string {
  if (!slot) return 'free';
  const { label, marks, why } = slot;
  const description = definitions[slot.definition ?? -1]?.description ?? null;
  const about = description === null ? '' : ` <small>${bdi(description)}</small>`;
  const marked = marks.length === 0 ? '' : ` (${[...marks, ...why].map(escapeHtml).join('; ')})`;
  return `${bdi(label)}${marked}${about}`;
}

function bdi(text: string): string {
  return `<bdi>${escapeHtml(text)}</bdi>`;
}
