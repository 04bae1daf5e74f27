/** `${service.name}` and `${service.id}` in a text: not variables, but PagerDuty's values for the service of the action. */
import type { ServiceField, Template } from '../../core/action.ts';
import { SERVICE_FIELDS } from '../../core/filling/template.ts';
import { nearest } from '../../nearest.ts';

/** A problem of a reference. */
interface ReferenceProblem {
  readonly message: string;
  readonly fix: string;
}

const BEGINNING = 'service.';
const BOTH = 'Available: `${service.name}` and `${service.id}`.';

/** True for a body between `${` and `}` that means the service. */
export function meansService(body: string): boolean {
  return body.startsWith(BEGINNING);
}

/** The field that a reference names. @param body the text between `${` and `}` */
export function serviceField(body: string): ServiceField | ReferenceProblem {
  const [name = '', ...rest] = body.slice(BEGINNING.length).split(':-');
  const known = SERVICE_FIELDS.find((field) => field === name);
  if (known !== undefined && rest.length === 0) return known;
  if (known !== undefined) {
    return {
      message: `\`\${service.${known}}\` takes no default`,
      fix: `Write \`\${service.${known}}\` without a default.`,
    };
  }
  const [near] = name.length <= 20 ? nearest(name, SERVICE_FIELDS, 1) : [];
  return {
    message: '`${service.*}` does not name a field of a service',
    fix: near === undefined ? BOTH : `Did you mean \`\${service.${near}}\`? ${BOTH}`,
  };
}

/** In a header: its values cannot be read back, so a renamed service would go unnoticed. */
export const NOT_IN_HEADERS: ReferenceProblem = {
  message: '`${service.*}` works only in `label`, `renamedFrom` and `url`',
  fix: 'Put it in the URL; the message of each press also names its service.',
};

/** Only these: other `${…}` has no meaning in a label, and `$${` has none either. */
const IN_LABEL = /\$\$\{(?=service\.)|\$\{(service\.[^}]*)\}/g;

/** The parts of a label, and the problems of its references. */
export function labelParts(text: string): {
  readonly template: Template;
  readonly problems: readonly ReferenceProblem[];
} {
  const template: (string | { readonly service: ServiceField })[] = [];
  const problems: ReferenceProblem[] = [];
  let from = 0;
  for (const match of text.matchAll(IN_LABEL)) {
    template.push(text.slice(from, match.index));
    from = match.index + match[0].length;
    const field = match[1] === undefined ? undefined : serviceField(match[1]);
    if (field === undefined) template.push('${');
    else if (typeof field === 'string') template.push({ service: field });
    else {
      problems.push(field);
      // A placeholder for an invalid reference, so that the rest of the label can be checked.
      template.push({ service: 'name' });
    }
  }
  template.push(text.slice(from));
  return { template: joinedLiterals(template), problems };
}

/** True for a label with a `${` that does not mean the service. */
export function hasOtherReferences(text: string): boolean {
  return text.replace(IN_LABEL, '').includes('${');
}

/** Merges neighbouring literals, and drops empty ones. */
export function joinedLiterals(template: Template): Template {
  const joined: (string | { readonly service: ServiceField })[] = [];
  for (const part of template) {
    const last = joined.at(-1);
    if (typeof part === 'string' && typeof last === 'string') joined[joined.length - 1] = last + part;
    else if (part !== '') joined.push(part);
  }
  return joined;
}
