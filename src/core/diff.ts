/** Compares a live action with its declaration. Only what the config mentions is compared; header values never are (fact 14). */
import type { ActionSpec, LiveAction } from './action.ts';
import { fingerprintName } from './headers/fingerprint.ts';
import { isFingerprintName, namesMissingFrom } from './headers/header-names.ts';
import { mayBeStoredAs, sameUrl } from './same/same-url.ts';

/** One difference. Values of headers are not here: they are write-only. */
export type FieldDiff =
  | { readonly field: 'label'; readonly before: string; readonly after: string }
  | {
      readonly field: 'url';
      readonly before: string | null;
      readonly after: string;
      /** `after` as the config writes it, if it contains variables: the form that may be shown. */
      readonly written?: string;
      /** `before` may be PagerDuty's normalised form of `after`: then another write changes nothing. */
      readonly storedForm?: true;
    }
  | {
      readonly field: 'headers';
      readonly added: readonly string[];
      readonly removed: readonly string[];
      readonly kept: readonly string[];
    }
  /**
   * The values of these headers are sent again, although no readable field differs: the fingerprint shows that one of them
   * has `changed`, or `--rotate-secrets` asks for it.
   */
  | { readonly field: 'secrets'; readonly names: readonly string[]; readonly changed?: true };

/** The differences in reading order; empty if PagerDuty matches the declaration, as far as it can be read. */
export function diffAction(wanted: ActionSpec, live: LiveAction): FieldDiff[] {
  if (isPlainlySame(wanted, live)) return [];
  const fields: FieldDiff[] = [];
  if (wanted.label !== live.label) fields.push({ field: 'label', before: live.label, after: wanted.label });
  if (!sameUrl(wanted.url, live.url)) {
    const written = wanted.urlSource === undefined ? {} : { written: wanted.urlSource };
    const form = mayBeStoredAs(wanted.url, live.url) ? { storedForm: true as const } : {};
    fields.push({ field: 'url', before: live.url, after: wanted.url, ...written, ...form });
  }
  fields.push(...diffHeaders(wanted, live));
  const dropped = fields.length > 0 ? droppedFingerprint(wanted, live) : undefined;
  return dropped ? withDropped(fields, dropped) : fields;
}

/** True for nearly all of tens of thousands of actions: the same text, and no headers to compare. */
function isPlainlySame(wanted: ActionSpec, live: LiveAction): boolean {
  const comparesHeaders = wanted.headers !== null && live.headerNames !== null;
  return !comparesHeaders && wanted.label === live.label && wanted.url === live.url;
}

type HeadersDiff = Extract<FieldDiff, { readonly field: 'headers' }>;

function diffHeaders(wanted: ActionSpec, live: LiveAction): FieldDiff[] {
  // Not mentioned in the config, or not shown by PagerDuty (U5): there is nothing to compare.
  if (wanted.headers === null || live.headerNames === null) return [];
  const names = wanted.headers.map((header) => header.name);
  const prints = comparePrints(wanted, names.find(isFingerprintName), live);
  const isCompared = (name: string): boolean => !prints.hidden || !isFingerprintName(name);
  const ours = names.filter(isCompared);
  const theirs = live.headerNames.filter(isCompared);
  const added = namesMissingFrom(theirs, ours);
  const removed = namesMissingFrom(ours, theirs);
  if (added.length + removed.length > 0) {
    return [{ field: 'headers', added, removed, kept: namesMissingFrom(added, ours) }];
  }
  if (!prints.changed) return [];
  return [{ field: 'secrets', names: ours, changed: true }];
}

/**
 * Compares the fingerprints of both sides.
 * @returns `hidden` if they show more than an added or removed header; `changed` if the values differ
 */
function comparePrints(
  { fingerprint, label }: ActionSpec,
  wanted: string | undefined,
  live: LiveAction,
): { readonly hidden: boolean; readonly changed: boolean } {
  const markers = live.headerNames?.filter(isFingerprintName) ?? [];
  // Without the key nothing can be compared, so the live fingerprint stays until something is written.
  if (fingerprint === 'unsealed') return { hidden: true, changed: false };
  if (wanted === undefined || fingerprint === undefined || markers.length === 0) {
    return { hidden: false, changed: false };
  }
  const isThere = (name: string): boolean => namesMissingFrom(markers, [name]).length === 0;
  if (isThere(wanted)) return { hidden: markers.length === 1, changed: false };
  const place = live.services[0];
  // A new label gives a new fingerprint of the same values; the update of the label includes it.
  const isRenamed = label !== live.label && place !== undefined;
  const same = isRenamed && isThere(fingerprintName(fingerprint.seal, place.id, live.label));
  return { hidden: true, changed: !same };
}

/**
 * The fingerprint that a write removes because no key is available to make the right one; better none than a wrong one. `undefined`
 * if the action has none.
 */
export function droppedFingerprint(wanted: ActionSpec, live: LiveAction): HeadersDiff | undefined {
  const removed = live.headerNames?.filter(isFingerprintName) ?? [];
  if (wanted.fingerprint !== 'unsealed' || wanted.headers === null || removed.length === 0) return undefined;
  return { field: 'headers', added: [], removed, kept: wanted.headers.map(({ name }) => name) };
}

function withDropped(fields: readonly FieldDiff[], dropped: HeadersDiff): FieldDiff[] {
  const known = fields.find((diff) => diff.field === 'headers');
  if (!known) return [...fields, dropped];
  const merged = { ...known, removed: [...known.removed, ...dropped.removed] };
  return fields.map((diff) => (diff === known ? merged : diff));
}
