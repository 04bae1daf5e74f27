/** Choices to find by typing: any number of them, possibly still arriving. */
import { type Line, plain } from '../text/text.ts';

/** A choice. Any of its texts may come from PagerDuty: they are made safe when drawn. */
export interface Choice<Value> {
  readonly value: Value;
  readonly name: string | Line;
  /** Replaces the name once it was chosen. */
  readonly short?: string | undefined;
  /** Shown below the list while the choice is under the cursor. */
  readonly description?: string | Line | undefined;
  /** More words to find it by. */
  readonly keywords?: string | undefined;
  /** Why it is disabled. */
  readonly disabled?: string | undefined;
}

/** The contents of a finder, now and as more arrives. */
export interface FindList<Value> {
  choices(): readonly Choice<Value>[];
  /** The part still being read; undefined once the list is complete. */
  pending(): string | undefined;
  /** Calls back after each change, and if reading the rest fails. @returns a function that unsubscribes */
  onChange(changed: () => void, failed: (error: unknown) => void): () => void;
}

/** A complete list of choices. */
export function fixedList<Value>(choices: readonly Choice<Value>[]): FindList<Value> {
  return { choices: () => choices, pending: () => undefined, onChange: () => () => undefined };
}

/** The matches for the words typed so far. */
export interface FoundChoices<Value> {
  /** The enabled ones: first by name, then by other words. */
  readonly choices: readonly Choice<Value>[];
  /** The others, by their reason. */
  readonly folded: readonly { readonly reason: string; readonly choices: readonly Choice<Value>[] }[];
}

/** Finds the choices that contain all the words, in any order and any case. */
export function findIn<Value>(all: readonly Choice<Value>[], term: string): FoundChoices<Value> {
  const words = term.toLowerCase().split(/\s+/).filter(Boolean);
  const names = new Map(all.map((choice) => [choice, nameOf(choice).toLowerCase()]));
  const hasAll = (text: string): boolean => words.every((word) => text.includes(word));
  const byName = (choice: Choice<Value>): boolean => hasAll(names.get(choice) ?? '');
  const matching = all.filter((choice) =>
    hasAll(`${names.get(choice)} ${choice.keywords?.toLowerCase() ?? ''}`),
  );
  const open = matching.filter(({ disabled }) => disabled === undefined);
  const choices = [...open.filter(byName), ...open.filter((choice) => !byName(choice))];
  const reasons = new Map<string, Choice<Value>[]>();
  for (const choice of matching) {
    if (choice.disabled === undefined) continue;
    reasons.set(choice.disabled, [...(reasons.get(choice.disabled) ?? []), choice]);
  }
  return { choices, folded: [...reasons].map(([reason, folded]) => ({ reason, choices: folded })) };
}

/** The name of a choice as plain text. */
export function nameOf({ name }: Choice<unknown>): string {
  return typeof name === 'string' ? name : plain(name);
}

/** A list that grows while it is displayed. */
export interface GrowingList<Value> extends FindList<Value> {
  /** Replaces the shown choices. @param pending the part still being read */
  show(choices: readonly Choice<Value>[], pending?: string): void;
  /** Ends the question with this error. */
  fail(error: unknown): void;
}

/** An empty list, to be filled. */
export function growingList<Value>(): GrowingList<Value> {
  const listeners = new Set<readonly [changed: () => void, failed: (error: unknown) => void]>();
  let shown: readonly Choice<Value>[] = [];
  let pending: string | undefined;
  return {
    choices: () => shown,
    pending: () => pending,
    onChange(changed, failed) {
      const listener = [changed, failed] as const;
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    show(choices, rest) {
      shown = choices;
      pending = rest;
      for (const [changed] of listeners) changed();
    },
    fail(error) {
      for (const [, failed] of listeners) failed(error);
    },
  };
}
