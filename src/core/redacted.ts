/** The forms in which PagerDuty hides a value when it is read (fact 14). */
const REDACTED = /^-*\s*redacted\s*-*$/i;

/** True for text that stands in the place of a value that PagerDuty does not show; such text must never be written back. */
export function isRedacted(text: string): boolean {
  return REDACTED.test(text);
}
