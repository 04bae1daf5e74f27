/** Texts with `${service.name}` and `${service.id}`, which refer to the service of the action (docs/config.md). */

import type { ServiceField, Template } from '../action.ts';

export const SERVICE_FIELDS: readonly ServiceField[] = ['name', 'id'];

/** The values that replace a reference. */
export type ServiceNames = Readonly<Record<ServiceField, string>>;

/** True for a text that differs from service to service. */
export function isPerService(template: Template): boolean {
  return template.some((part) => typeof part !== 'string');
}

/** The text for one service. */
export function fillText(template: Template, service: ServiceNames): string {
  return filled(template, ({ service: field }) => service[field]);
}

/** The URL for one service: names are percent-encoded, so they stay within their segment or parameter. */
export function fillUrl(template: Template, service: ServiceNames): string {
  return filled(template, ({ service: field }) => percentEncoded(service[field]));
}

/** As a config writes it. */
export function writtenText(template: Template): string {
  return filled(template, ({ service }) => `\${service.${service}}`);
}

/** The longest stretch that is the same on all services; empty without one. */
export function longestLiteral(template: Template): string {
  const literals = template.filter((part) => typeof part === 'string');
  return literals.reduce((longest, part) => (part.length > longest.length ? part : longest), '');
}

/** Leaves the unreserved characters of RFC 3986 alone; half a surrogate pair, which has no encoding, becomes U+FFFD. */
export function percentEncoded(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function filled(template: Template, fill: (part: { readonly service: ServiceField }) => string): string {
  return template.map((part) => (typeof part === 'string' ? part : fill(part))).join('');
}
