/** Saved plans: an approval, not a program (T35). Nothing in the file is ever carried out; only its digest counts. */
import { resolve } from 'node:path';
import type { Prepared } from '../engine/prepare.ts';
import { RefusedError } from '../errors.ts';
import { toJson } from '../ui/json.ts';
import { DOCUMENT_VERSION } from '../ui/render/action-document.ts';
import { type changeDocument, planDocument } from '../ui/render/documents.ts';
import { readNamedFile } from './read-file.ts';

const KIND = 'pdactions-plan';

/** What a file has to say to be an approval. */
export interface SavedPlan {
  readonly digest: string;
  readonly account: string | null;
  /** Its changes as text, for telling what moved since. */
  readonly changes: readonly string[];
}

/** The text of a plan file. */
export function planFileText(prepared: Prepared): string {
  return `${toJson({ kind: KIND, version: DOCUMENT_VERSION, ...planDocument(prepared) })}\n`;
}

/** Reads a plan file. @throws RefusedError when it is none, LocalIoError when it cannot be read */
export async function readPlanFile(path: string, cwd: string): Promise<SavedPlan> {
  const document = parse(await readNamedFile(resolve(cwd, path), 'the plan', path));
  const { kind, version, digest, account } = document ?? {};
  if (kind !== KIND || typeof digest !== 'string' || !/^sha256:[0-9a-f]{64}$/.test(digest)) {
    throw new RefusedError(`${path} is not a plan of pdactions`, {
      reason: 'stale_plan',
      hint: 'Make one with `pdactions plan --out FILE`. Nothing was written.',
    });
  }
  if (version !== DOCUMENT_VERSION) {
    throw new RefusedError(`${path} was made by another version of pdactions`, {
      reason: 'stale_plan',
      hint: 'Make it again with `pdactions plan --out FILE`. Nothing was written.',
    });
  }
  return { digest, account: typeof account === 'string' ? account : null, changes: changesIn(document) };
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const document: unknown = JSON.parse(text);
    return typeof document === 'object' && document !== null
      ? (document as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function changesIn(document: Readonly<Record<string, unknown>> | undefined): string[] {
  const changes = document?.changes;
  return Array.isArray(changes) ? changes.map(nameOf) : [];
}

/** A change in a few words, from a document. Whatever the file holds, this is only shown; what is no text there is left out. */
function nameOf(change: unknown): string {
  const label = at(change, 'after', 'label') || at(change, 'before', 'label');
  return `${at(change, 'kind')} \`${label}\` on ${at(change, 'service', 'name')} (${at(change, 'service', 'id')})`;
}

const LONGEST_SHOWN = 100;

/** The text that a path leads to. Anything else becomes nothing: to make a text of it can fail (T35). */
function at(value: unknown, ...path: readonly string[]): string {
  const found = path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key)
        ? (inner as Record<string, unknown>)[key]
        : undefined,
    value,
  );
  if (typeof found !== 'string') return '';
  return found.length > LONGEST_SHOWN ? `${found.slice(0, LONGEST_SHOWN)}…` : found;
}

/**
 * Refuses when what would be done now is not what was approved.
 * @throws RefusedError `stale_plan` with what is new and what is gone
 */
export function expectApproved(
  prepared: Prepared,
  approved: { readonly digest: string; readonly changes?: readonly string[] },
): void {
  if (prepared.digest === approved.digest) return;
  const now = planDocument(prepared).changes.map((change: ReturnType<typeof changeDocument>) =>
    nameOf(change),
  );
  const then = approved.changes ?? now;
  const details = [
    ...now.filter((text) => !then.includes(text)).map((text) => `new since then: ${text}`),
    ...then.filter((text) => !now.includes(text)).map((text) => `no longer: ${text}`),
  ];
  throw new RefusedError('this is not the plan that was approved', {
    reason: 'stale_plan',
    details:
      details.length > 0
        ? details.slice(0, 20)
        : ['the same changes, but the config or the services in scope are not as they were'],
    hint: 'Look at the plan above, and approve it again. Nothing was written.',
  });
}
