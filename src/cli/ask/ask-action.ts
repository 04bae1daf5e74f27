/** The questions of `create` and `update` about the action itself. */
import { checkHeaderValue } from '../../config/check/header.ts';
import type { HeaderSpec } from '../../core/action.ts';
import type { Prompter } from '../../ui/prompt/prompter.ts';
import { maskUrl } from '../../ui/text/mask-url.ts';
import { judgeHeaderName, judgeLabel, judgeUrl } from './fields.ts';
import { TEMPLATES } from './templates.ts';

/**
 * A label, from one of the documented uses or typed.
 * @param taken labels that are on the service already
 */
export async function askLabel(prompter: Prompter, taken: readonly string[]): Promise<string> {
  const template = await prompter.select<string | null>({
    message: 'What should the button do?',
    choices: [
      ...TEMPLATES.map(({ label, description }) => ({
        value: label,
        name: label,
        description,
        ...(taken.includes(label) ? { disabled: 'there is one already' } : {}),
      })),
      { value: null, name: 'Something else', description: 'a label of your own' },
    ],
  });
  return prompter.input({
    message: 'Label, as responders see it:',
    ...(template === null ? {} : { default: template }),
    validate: (text) =>
      taken.includes(text) ? `there is a ${text} on this service already` : judgeLabel(text),
  });
}

/** Asks for the endpoint, judged as it is typed. `current` stands there already. */
export function askUrl(prompter: Prompter, current?: string): Promise<string> {
  return prompter.input({
    message: 'Endpoint, the URL that PagerDuty posts to:',
    ...(current === undefined ? {} : { default: current }),
    validate: judgeUrl,
    settled: maskUrl,
  });
}

/** Headers for an endpoint until there are enough; null when there are none. */
export async function askHeaders(prompter: Prompter, url: string): Promise<HeaderSpec[] | null> {
  const headers: HeaderSpec[] = [];
  const question = (): string =>
    headers.length === 0 ? 'Does the endpoint need a header, such as a token?' : 'Another header?';
  while (await prompter.confirm({ message: question(), default: false })) {
    const taken = new Set(headers.map(({ name }) => name.toLowerCase()));
    const name = await prompter.input({
      message: 'Header name:',
      default: headers.length === 0 ? 'Authorization' : undefined,
      validate: (text) =>
        taken.has(text.toLowerCase()) ? `${text} is there already` : judgeHeaderName(text, url),
    });
    const value = await prompter.secret({
      message: `Value of ${name} (not shown):`,
      validate: (text) => judge(checkHeaderValue(text)),
    });
    headers.push({ name, value, source: value });
  }
  return headers.length === 0 ? null : headers;
}

function judge(check: { readonly ok: boolean; readonly message?: string }): true | string {
  return check.ok || (check.message ?? 'that cannot be sent');
}
