/** Writes values in JSON or YAML for edits of a configuration. */

export type Value = string | readonly string[] | { readonly [key: string]: Value };

/** The style of a written value. */
export interface WrittenStyle {
  readonly isJson: boolean;
  /** With brackets. */
  readonly isFlow: boolean;
  /** Lists on one line, wherever brackets are allowed. */
  readonly isInline: boolean;
  /** Indentation of each further line. */
  readonly indent: string;
  readonly step: string;
  readonly lineBreak: string;
}

/** An entry of a map: `key: value`. */
export function writeEntry(key: string, value: Value, style: WrittenStyle): string {
  const name = writeText(key, style);
  if (style.isFlow) return `${name}: ${writeFlow(value, style)}`;
  if (typeof value === 'string') return `${name}: ${writeText(value, style)}`;
  if (Array.isArray(value) && style.isInline)
    return `${name}: [${value.map((item) => writeText(item, { ...style, isFlow: true })).join(', ')}]`;
  const inner = { ...style, indent: style.indent + style.step };
  const rows = Array.isArray(value)
    ? value.map((item) => `- ${writeText(item, style)}`)
    : Object.entries(value).map(([member, part]) => writeEntry(member, part as Value, inner));
  return [`${name}:`, ...rows.map((row) => inner.indent + row)].join(style.lineBreak);
}

/** A text: plain where YAML reads it back as the same text, quoted otherwise. */
export function writeText(text: string, { isJson, isFlow }: Pick<WrittenStyle, 'isJson' | 'isFlow'>): string {
  const plain = isFlow
    ? /^[A-Za-z][\w.-]*(?: [\w.-]+)*$/
    : /^[$A-Za-z](?:[^\s:#]|:(?! |$)|(?<! )#| (?=[^\s#]))*$/;
  const isWord = /^(?:true|false|null|yes|no|on|off|y|n|~|\.nan|\.inf)$/i.test(text);
  if (isJson || isWord || !plain.test(text) || /[^\x20-\x7e]/.test(text)) return JSON.stringify(text);
  return text;
}

function writeFlow(value: Value, style: WrittenStyle): string {
  if (typeof value === 'string') return writeText(value, style);
  const isList = Array.isArray(value);
  const inner = { ...style, indent: style.indent + style.step };
  const parts = isList
    ? (value as readonly string[]).map((item) => writeText(item, style))
    : Object.entries(value).map(([key, part]) => writeEntry(key, part as Value, inner));
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  if (style.isInline) return isList ? `[${parts.join(', ')}]` : `{ ${parts.join(', ')} }`;
  const rows = parts.map((part) => inner.indent + part).join(`,${style.lineBreak}`);
  return [open, rows, style.indent + close].join(style.lineBreak);
}
