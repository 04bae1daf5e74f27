/** Decides which header values protect an action: those that readers of the config, and of the account, cannot know (T58). */
import { expand, isTemplate, type Variables, variablesIn } from '../../config/secrets/interpolate.ts';
import type { ActionSpec, HeaderSpec } from '../../core/action.ts';

/** The least that variables must add to a header value: 16 characters, which are 64 bits in hexadecimal. */
const SHORTEST_SECRET = 16;

/** A value with fewer different characters is a filler, such as `xxxxxxxxxxxxxxxx`. */
const FEWEST_CHARACTERS = 6;
const PLACEHOLDER = /^(?:change-?me|secret|password|passw0rd|default|example|token|admin|todo|test|\W|\d)+$/i;

/** Why no header protects an action; undefined if one does. No text shows a value. */
export function weaknessOf(
  { headers }: Pick<ActionSpec, 'headers'>,
  variables: Variables,
): string | undefined {
  const weak = (headers ?? []).map((header) => weakHeader(header, variables));
  if (weak.length === 0) return 'it has no headers';
  return weak.includes(undefined) ? undefined : weak.join('; ');
}

function weakHeader({ name, source }: HeaderSpec, variables: Variables): string | undefined {
  if (!isTemplate(source)) return `the value of ${name} is written in the config`;
  const expansion = expand(source, variables);
  const brought = expansion.ok ? expansion.pieces.filter(({ variable }) => variable !== undefined) : [];
  const secret = brought.map(({ text }) => text).join('');
  const names = brought.length > 0 ? brought.map(({ variable }) => variable) : variablesIn(source);
  const which = [...new Set(names)].join(' and ');
  if (which === '') return `the value of ${name} is written in the config`;
  if (secret === '')
    return `${which} of ${name} is not set, and everyone who reads the config knows a default`;
  if (secret.length < SHORTEST_SECRET)
    return `${which} of ${name} has fewer than ${SHORTEST_SECRET} characters`;
  const isFiller = new Set(secret).size < FEWEST_CHARACTERS || PLACEHOLDER.test(secret);
  return isFiller ? `${which} of ${name} is a placeholder` : undefined;
}
