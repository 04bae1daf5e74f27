/** An action while the user decides about it: the answers, and half-typed text. */
import type { HeaderSpec } from '../../core/action.ts';
import type { Prompter } from '../../ui/prompt/prompter.ts';
import { askHeaders, askLabel, askUrl } from './ask-action.ts';

export interface Draft {
  label?: string | undefined;
  url?: string | undefined;
  headers?: readonly HeaderSpec[] | undefined;
  /** Texts of lines that the user left with Esc. */
  readonly typed: { label?: string | undefined; url?: string | undefined };
}

export type Field = 'label' | 'url' | 'headers';

export interface AskOptions {
  readonly back: boolean;
  /** Labels that the service already has. */
  readonly taken: readonly string[];
  /** The endpoint if the draft has none of its own. */
  readonly url: string;
  /** True if the documented uses are offered to start from. */
  readonly templates: boolean;
}

/** Asks for one field, with the earlier answer on the line. */
export async function askField(
  prompter: Prompter,
  draft: Draft,
  field: Field,
  { back, taken, url, templates }: AskOptions,
): Promise<void> {
  if (field === 'headers') {
    const current = draft.headers ?? [];
    const keep = (headers: readonly HeaderSpec[]): void => {
      draft.headers = headers;
    };
    return keep(await askHeaders(prompter, draft.url ?? url, { current, keep, back }));
  }
  const line = { typed: draft.typed[field] || draft[field], onType: keeping(draft, field), back };
  draft[field] =
    field === 'label'
      ? await askLabel(prompter, { ...line, taken, templates })
      : await askUrl(prompter, line);
  draft.typed[field] = undefined;
}

function keeping(draft: Draft, field: 'label' | 'url'): (text: string) => void {
  return (text) => {
    draft.typed[field] = text;
  };
}

/** Flags equivalent to the draft. They never contain a header's value: a variable must provide it. */
export function draftWords({ label, url, headers }: Omit<Draft, 'typed'>): string[] {
  return [
    ...(label === undefined ? [] : ['--label', label]),
    ...(url === undefined ? [] : ['--url', url]),
    ...(headers ?? []).flatMap(({ name, source }) => ['--header-env', `${name}=${variableOf(name, source)}`]),
  ];
}

function variableOf(name: string, source: string): string {
  return /^\$\{(\w+)\}$/.exec(source)?.[1] ?? name.toUpperCase().replace(/\W+/g, '_');
}
