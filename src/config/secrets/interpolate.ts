/**
 * Expands `${NAME}` and `${NAME:-default}` in one text, in one pass: values from the environment are never expanded again (T24).
 * Works on texts that are already parsed, so a value cannot add structure.
 */
import type { ServiceField } from '../../core/action.ts';
import { accessTo } from './never-expanded.ts';
import { looksRandom } from './query-secrets.ts';
import { meansService, NOT_IN_HEADERS, serviceField } from './service-reference.ts';

/** The variables that the texts of a file may read. */
export interface Variables {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** If given, only these names; set by the operator, never by the file (T25). */
  readonly allowed?: ReadonlySet<string> | undefined;
  /** Replaces variables without a value with text that fits their place: for checks only, never for a plan. */
  readonly placeholders?: boolean | undefined;
  /** Allows `${service.name}` and `${service.id}` in the text. */
  readonly services?: boolean | undefined;
}

/**
 * A stretch of the expanded text; `variable` marks text from the environment, `service` marks text that differs by service, where
 * `text` is the reference.
 */
export interface Piece {
  readonly text: string;
  readonly variable?: string | undefined;
  readonly service?: ServiceField | undefined;
}

/** A failed expansion. Names variables, never values, nor values in the place of a name. */
interface ExpansionProblem {
  readonly message: string;
  readonly fix: string;
}

export type Expansion =
  | { readonly ok: true; readonly value: string; readonly pieces: readonly Piece[] }
  | { readonly ok: false; readonly problems: readonly ExpansionProblem[] };

/** `$${`, or `${` with what follows up to the brace that closes it, a nested `${`, or the end. */
const REFERENCE = /\$\$\{|\$\{((?:(?!\$\{)[^}])*)(\}|\$\{|$)/g;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Expands one text.
 * @returns the value with the origin of its parts, or all its problems at once
 */
export function expand(template: string, variables: Variables): Expansion {
  const pieces: Piece[] = [];
  const problems: ExpansionProblem[] = [];
  let from = 0;
  for (const match of template.matchAll(REFERENCE)) {
    pieces.push({ text: template.slice(from, match.index) });
    from = match.index + match[0].length;
    const around = { before: template.slice(0, match.index), after: template.slice(from) };
    const piece =
      match[0] === '$${' ? { text: '${' } : resolve(match[1] ?? '', match[2] ?? '', variables, around);
    if ('message' in piece) problems.push(piece);
    else pieces.push(piece);
  }
  if (problems.length > 0) return { ok: false, problems };
  pieces.push({ text: template.slice(from) });
  const kept = pieces.filter(({ text }) => text !== '');
  return { ok: true, value: kept.map(({ text }) => text).join(''), pieces: kept };
}

/** The names of the variables in a text, whether they can be expanded or not. */
export function variablesIn(template: string): string[] {
  return [...template.matchAll(REFERENCE)]
    .filter(([whole, , close]) => whole !== '$${' && close === '}')
    .map(([, body = '']) => splitDefault(body)[0])
    .filter((name) => NAME.test(name));
}

/** True if expansion would change the text. */
export function isTemplate(text: string): boolean {
  return text.includes('${');
}

/** True for a variable in the syntax of shells, which has no meaning here. */
export function hasShellVariable(text: string): boolean {
  return /(?<![\w$\\])\$[A-Z_][A-Z0-9_]+\b/.test(text);
}

/** The text around a reference. */
interface Around {
  readonly before: string;
  readonly after: string;
}

/** A valid text for this place of a URL; in a header, any text is valid. */
function placeholderFor({ before, after }: Around): string {
  if (/^https?:\/\/[^/?#]*:$/.test(before) && !after.includes('@')) return '443';
  if (before !== '') return 'placeholder';
  return after.startsWith('://') ? 'https' : 'https://placeholder.example.com';
}

function resolve(
  body: string,
  close: string,
  variables: Variables,
  around: Around,
): Piece | ExpansionProblem {
  if (close === '${') {
    return {
      message: '`${` inside `${...}` is not supported',
      fix: 'Put the whole value in one variable.',
    };
  }
  if (close === '') {
    return { message: '`${` is not closed', fix: 'Add the `}`, or write `$${` for a literal `${`.' };
  }
  const [name = '', fallback] = splitDefault(body);
  if (body.startsWith('{')) {
    return {
      message: '`${{ ... }}` works only in the workflow files of CI systems',
      fix: 'Set a variable there (`env:`), and write ${NAME} here.',
    };
  }
  if (meansService(body)) return ofService(body, variables);
  if (!NAME.test(name)) {
    return {
      message: '`${...}` does not contain a variable name',
      fix: 'Write `${NAME}` or `${NAME:-default}`; for a literal `${` write `$${`.',
    };
  }
  return lookUp(name, fallback, variables, around);
}

function ofService(body: string, { services = false }: Variables): Piece | ExpansionProblem {
  const field = serviceField(body);
  if (typeof field !== 'string') return field;
  return services ? { text: `\${${body}}`, service: field } : NOT_IN_HEADERS;
}

function notAllowed(name: string, hasList: boolean): ExpansionProblem {
  if (hasList) {
    return {
      message: `\${${name}} is not on the list of allowed variables`,
      fix: 'Add it to `--allow-env` or PDACTIONS_ALLOW_ENV; the file itself cannot allow it.',
    };
  }
  return {
    message: `\${${name}} looks like a credential of another service and is expanded only if it is allowed by name`,
    fix: `Use a variable for the endpoint's own secret, or list all variables of the config, including ${name}, in \`--allow-env\`.`,
  };
}

function splitDefault(body: string): [name: string, fallback?: string] {
  const at = body.indexOf(':-');
  return at === -1 ? [body] : [body.slice(0, at), body.slice(at + 2)];
}

function lookUp(
  name: string,
  fallback: string | undefined,
  { env, allowed, placeholders }: Variables,
  around: Around,
): Piece | ExpansionProblem {
  const access = accessTo(name);
  if (access === 'never') {
    return {
      message: `\${${name}} is never expanded: it names a credential of pdactions, a CI system or a cloud`,
      fix: 'Keep the secret for the endpoint in a variable of its own, for example ${AUTOMATION_TOKEN}.',
    };
  }
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  if (looksRandom(name) && value === undefined && fallback === undefined) {
    return {
      message: '`${...}` seems to contain a secret instead of a variable name',
      fix: 'Put the secret in a variable and write its name, for example ${AUTOMATION_TOKEN}. If this is a name, the variable is not set.',
    };
  }
  if (allowed ? !allowed.has(name) : access === 'by name') return notAllowed(name, allowed !== undefined);
  if (value) return { text: value, variable: name };
  if (fallback !== undefined) return { text: fallback };
  if (placeholders) return { text: placeholderFor(around), variable: name };
  return {
    message: `the environment variable ${name} is ${value === undefined ? 'not set' : 'empty'}`,
    fix: `Set ${name}, or give a default: \${${name}:-default}.`,
  };
}
