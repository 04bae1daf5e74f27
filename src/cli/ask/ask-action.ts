/** The questions of `create` and `update` about the action itself. */
import { checkHeaderValue } from '../../config/check/header.ts';
import type { HeaderSpec } from '../../core/action.ts';
import { type Prompter, WentBack } from '../../ui/prompt/prompter.ts';
import { maskUrl } from '../../ui/text/mask-url.ts';
import { judgeHeaderName, judgeLabel, judgeUrl } from './fields.ts';
import { TEMPLATES } from './templates.ts';

interface FieldQuestion {
  /** The initial text of the line. */
  readonly typed?: string | undefined;
  readonly onType?: ((text: string) => void) | undefined;
  readonly back?: boolean | undefined;
}

export interface LabelQuestion extends FieldQuestion {
  /** Labels that the service already has. */
  readonly taken: readonly string[];
  /** True to offer the documented uses first. */
  readonly templates: boolean;
}

/** A label, from one of the documented uses or typed. */
export async function askLabel(prompter: Prompter, options: LabelQuestion): Promise<string> {
  if (!options.templates || options.typed) return typedLabel(prompter, options, null);
  let left: { readonly template: string | null; text: string } | undefined;
  for (;;) {
    const template = await askTemplate(prompter, options);
    const line = { template, text: left?.template === template ? (left?.text ?? '') : '' };
    const onType = (text: string): void => {
      line.text = text;
      options.onType?.(text);
    };
    try {
      return await typedLabel(prompter, { ...options, typed: line.text, onType, back: true }, template);
    } catch (error) {
      if (!(error instanceof WentBack)) throw error;
      left = line;
    }
  }
}

/** Null for a custom label. */
function askTemplate(prompter: Prompter, { taken, back }: LabelQuestion): Promise<string | null> {
  return prompter.select<string | null>({
    message: 'What should the button do?',
    choices: [
      ...TEMPLATES.map(({ label, description }) => ({
        value: label,
        name: label,
        description,
        ...(taken.includes(label) ? { disabled: 'already on this service' } : {}),
      })),
      { value: null, name: 'Something else', description: 'your own label' },
    ],
    back,
  });
}

function typedLabel(
  prompter: Prompter,
  { taken, ...options }: LabelQuestion,
  suggestion: string | null,
): Promise<string> {
  return prompter.input({
    ...options,
    message: 'Label, as responders see it:',
    default: suggestion ?? undefined,
    validate: (text) => (taken.includes(text) ? `${text} is already on this service` : judgeLabel(text)),
  });
}

/** Asks for the endpoint, and validates while the user types. */
export function askUrl(prompter: Prompter, options: FieldQuestion): Promise<string> {
  return prompter.input({
    ...options,
    message: 'Endpoint (the URL PagerDuty posts to):',
    validate: judgeUrl,
    repair: withScheme,
    settled: maskUrl,
  });
}

/** `example.com` as a URL; undefined unless it is a host with an optional path. */
export function withScheme(text: string): string | undefined {
  if (!/^[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:[/?]|$)/.test(text)) return undefined;
  const url = `https://${text}`;
  return judgeUrl(url) === true ? url : undefined;
}

export interface HeaderOptions {
  readonly current: readonly HeaderSpec[];
  /** Called with the headers after each answer, so that Esc loses none. */
  readonly keep: (headers: readonly HeaderSpec[]) => void;
  readonly back?: boolean | undefined;
}

/** Asks for headers of an endpoint until the user adds no more. */
export async function askHeaders(
  prompter: Prompter,
  url: string,
  { current, keep, back }: HeaderOptions,
): Promise<readonly HeaderSpec[]> {
  let headers = current;
  for (;;) {
    const next = await nextForHeaders(prompter, headers, back);
    if (next === 'done') return headers;
    headers =
      next === 'add'
        ? [...headers, await askHeader(prompter, url, headers, back)]
        : headers.filter(({ name }) => name !== next.remove);
    keep(headers);
  }
}

async function nextForHeaders(
  prompter: Prompter,
  headers: readonly HeaderSpec[],
  back: boolean | undefined,
): Promise<'done' | 'add' | { readonly remove: string }> {
  if (headers.length === 0) {
    const message = 'Does the endpoint need a header, such as a token?';
    return (await prompter.confirm({ message, default: false, back })) ? 'add' : 'done';
  }
  const names = headers.map(({ name }) => name);
  return prompter.select<'done' | 'add' | { readonly remove: string }>({
    message: `Headers: ${names.join(', ')}`,
    choices: [
      { value: 'done', name: 'No more headers' },
      { value: 'add', name: 'Add another header' },
      ...names.map((name) => ({ value: { remove: name }, name: `Remove ${name}` })),
    ],
    back,
  });
}

async function askHeader(
  prompter: Prompter,
  url: string,
  headers: readonly HeaderSpec[],
  back: boolean | undefined,
): Promise<HeaderSpec> {
  const taken = new Set(headers.map(({ name }) => name.toLowerCase()));
  const name = await prompter.input({
    message: 'Header name:',
    default: headers.length === 0 ? 'Authorization' : undefined,
    validate: (text) =>
      taken.has(text.toLowerCase()) ? `${text} is already in the list` : judgeHeaderName(text, url),
    back,
  });
  const value = await prompter.secret({
    message: `Value of ${name} (not shown):`,
    validate: (text) => judge(checkHeaderValue(text)),
    back,
  });
  return { name, value, source: value };
}

function judge(check: { readonly ok: boolean; readonly message?: string }): true | string {
  return check.ok || (check.message ?? 'this value cannot be sent');
}
