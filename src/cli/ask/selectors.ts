/** `--service SEL`, as given to any command. */
import type { Command } from 'commander';
import type { LiveAction, Service } from '../../core/action.ts';
import { parseSelector } from '../../core/selector.ts';
import { type AskedSelector, resolveSelectors } from '../../engine/resolve.ts';
import { UsageError } from '../../errors.ts';
import type { ActionStore } from '../../pagerduty/store.ts';
import { collect } from '../options.ts';

const DESCRIPTION = 'a service by exact name, id:ID, team:NAME, or a pattern with * (repeatable)';

/** Adds `--service` to a command. */
export function addServiceOption(command: Command, description = DESCRIPTION): Command {
  return command.option('-s, --service <selector>', description, collect);
}

/** Reads the selectors. @throws UsageError for an invalid one */
export function askedSelectors(texts: readonly string[] = []): AskedSelector[] {
  return texts.map((text) => {
    const selector = parseSelector(text);
    if ('invalid' in selector) throw new UsageError(`--service: ${selector.invalid}`);
    return { selector };
  });
}

/** The services that the selectors match, each once, in the order of the selectors. @throws RefusedError if one matches nothing */
export async function servicesFor(store: ActionStore, texts: readonly string[]): Promise<Service[]> {
  const matches = await resolveSelectors(store, askedSelectors(texts));
  return [...new Map(matches.flatMap(({ services }) => services).map((s) => [s.id, s])).values()];
}

/** True if the action is on the service. */
export function isOn(action: LiveAction, serviceId: string): boolean {
  return action.services.some(({ id }) => id === serviceId);
}
