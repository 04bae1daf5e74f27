/** Saved plans: an approval, not a program (T35). Nothing in the file is ever executed; only its digest counts. */
import { resolve } from 'node:path';
import { type Show, sideDigests } from '../../core/digest.ts';
import { cutText } from '../../cut.ts';
import type { Prepared } from '../../engine/prepare.ts';
import { RefusedError } from '../../errors.ts';
import { isObject, type Json } from '../../json-fields.ts';
import { readNamedFile } from '../../read-named-file.ts';
import { planDocument } from '../../ui/render/documents.ts';
import { toJson } from '../../ui/text/json.ts';
import { plural } from '../../ui/text/plural.ts';
import { movedSince } from './plan-moved.ts';
import { readRows, type SavedRows } from './saved-plan.ts';

const KIND = 'pdactions-plan';
/** Increases with the shape of the file, or with the input of its digest. */
const PLAN_VERSION = 2;

/** The contents that make a file an approval. */
export interface SavedPlan {
  readonly digest: string;
  readonly account: string | null;
  /** Its rows, to report changes since. */
  readonly rows: SavedRows;
}

/** An approval: a saved plan, or only its digest. */
export type Approval = SavedPlan | { readonly digest: string };

/** The text of a plan file. @param show removes the values of variables from a text */
export function planFileText(prepared: Prepared, show: Show): string {
  return `${toJson({ kind: KIND, version: PLAN_VERSION, ...savedDocument(prepared, show) })}\n`;
}

function savedDocument(prepared: Prepared, show: Show) {
  return { ...planDocument(prepared), sides: sideDigests(prepared.desired, prepared.plan, show) };
}

/** Reads a plan file. @throws RefusedError if it is not one, LocalIoError if it cannot be read */
export async function readPlanFile(path: string, cwd: string): Promise<SavedPlan> {
  const document = parse(await readNamedFile(resolve(cwd, path), 'the plan', path));
  const { kind, version, digest, account } = document ?? {};
  if (kind !== KIND || typeof digest !== 'string' || !/^sha256:[0-9a-f]{64}$/.test(digest)) {
    throw new RefusedError(`${path} is not a pdactions plan`, {
      reason: 'stale_plan',
      hint: 'Create one with `pdactions plan --out FILE`. Nothing was written.',
    });
  }
  if (version !== PLAN_VERSION) {
    throw new RefusedError(`${path} was made by another version of pdactions`, {
      reason: 'stale_plan',
      hint: 'Create it again with `pdactions plan --out FILE`. Nothing was written.',
    });
  }
  return { digest, account: typeof account === 'string' ? account : null, rows: readRows(document) };
}

function parse(text: string): Json | undefined {
  try {
    const document: unknown = JSON.parse(text);
    return isObject(document) ? document : undefined;
  } catch {
    return undefined;
  }
}

/** Reports at most this many differences; with more, the user should make a new plan. */
const MOST_TOLD = 20;

/**
 * Refuses if the current plan is not the approved one.
 * @throws RefusedError `stale_plan` with the differences, as far as the approval contains them
 */
export function expectApproved(prepared: Prepared, approved: Approval, show: Show): void {
  if (prepared.digest === approved.digest) return;
  throw new RefusedError('this is not the plan that was approved', {
    reason: 'stale_plan',
    details: 'rows' in approved ? detailsOf(prepared, approved, show) : [ONLY_A_DIGEST],
    hint: 'Review the plan above and approve it again. Nothing was written.',
  });
}

const ONLY_A_DIGEST =
  'a digest cannot show what has changed since; `plan --out FILE` and `sync --plan FILE` can';

function detailsOf(prepared: Prepared, { account, rows }: SavedPlan, show: Show): string[] {
  // Through JSON, because members that it omits must not look like a difference.
  const now = readRows(JSON.parse(show(toJson(savedDocument(prepared, show)))));
  const details = [
    ...(account === prepared.account
      ? []
      : [
          `it was made for the account ${account === null ? '(unknown)' : cutText(account, 100)}, but this is ${prepared.account ?? '(unknown)'}`,
        ]),
    ...movedSince(rows, now),
  ];
  const unlisted = details.length - MOST_TOLD;
  if (unlisted > 0) return [...details.slice(0, MOST_TOLD), `... and ${plural(unlisted, 'more difference')}`];
  if (details.length > 0) return details;
  return [
    'the plan looks the same, but something it does not show has changed (a literal header or query value, the default of a variable, or the host in a variable), or the digest in the file was edited',
  ];
}
