import { SLOTS_PER_SERVICE } from '../../../core/action.ts';
import type { ServicePlan } from '../../../core/plan.ts';
import type { Slot, SlotHolder } from '../../../core/slots.ts';
import { signed } from '../../text/signs.ts';
import { type Line, line, type Span, styled } from '../../text/text.ts';

/** The slots of a service as dots: `●●○`. More than three show unchanged (U2). */
export function slotDots(used: number): string {
  return '●'.repeat(used) + '○'.repeat(Math.max(0, SLOTS_PER_SERVICE - used));
}

/** The slots of a service before and after its changes: `●○○ → ●●○`. */
export function slotChange({ changes, live }: ServicePlan): string {
  const used = live.writable.length + live.shared.length;
  const count = (wanted: string): number => changes.filter(({ kind }) => kind === wanted).length;
  const delta = count('create') - count('delete');
  return delta === 0 ? slotDots(used) : `${slotDots(used)} → ${slotDots(used + delta)}`;
}

/** The same for a line. */
export function slotChangeSpan(plan: ServicePlan): Span {
  return signed('muted', slotChange(plan));
}

/** The dots in a colour that shows whether a slot is free. */
export function slotSpan(used: number): Span {
  return signed(used >= SLOTS_PER_SERVICE ? 'warn' : 'accent', slotDots(used));
}

const HOLDERS: Readonly<Record<SlotHolder, string>> = {
  declared: 'declared',
  new: 'to be created',
  unmanaged: 'unmanaged',
  shared: 'on several services, never written',
  unreadable: 'unreadable, never written',
};

/** The holder of each slot, one line each; actions without a slot are marked. */
export function slotMap(slots: readonly Slot[]): Line[] {
  return slots.map(({ label, holder, id, disabled }, index) => {
    const number = index < SLOTS_PER_SERVICE ? `slot ${index + 1}` : 'no slot';
    const state = disabled ? ', temporarily disabled' : '';
    return line(
      styled(index < SLOTS_PER_SERVICE ? 'muted' : 'error', number.padEnd(9)),
      label,
      styled('muted', `  ${id === undefined ? '' : `${id}, `}${HOLDERS[holder]}${state}`),
    );
  });
}
