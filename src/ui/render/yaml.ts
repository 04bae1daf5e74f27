import { Document, isScalar, visit } from 'yaml';

/** As in JSON: characters that move, hide or reorder text on a terminal, and the `[` of CI commands (T01, T31). */
const UNSAFE = /\p{Cc}|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?<=##\w*)\[/u;
/** A line break inside a text is escaped by the YAML writer; any other is the document's own. */
const STILL_UNSAFE = new RegExp(`(?!\\n)(?:${UNSAFE.source})`, 'gu');

/**
 * The value as YAML that is safe to print on a terminal and parses to exactly the same value: unsafe characters are escaped.
 * @param remarks comments to put above keys, wherever these occur
 */
export function toYaml(value: unknown, remarks: ReadonlyMap<string, string> = new Map()): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_key, scalar) {
      // Escapes exist in double quotes only.
      if (typeof scalar.value === 'string' && UNSAFE.test(scalar.value)) scalar.type = 'QUOTE_DOUBLE';
    },
    Pair(_key, { key }) {
      const remark = isScalar(key) ? remarks.get(String(key.value)) : undefined;
      if (isScalar(key) && remark !== undefined) key.commentBefore = ` ${remark.replace(/\s+/gu, ' ')}`;
    },
  });
  const onOneLine = { lineWidth: 0, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER };
  return document.toString(onOneLine).replace(STILL_UNSAFE, escapeForYaml);
}

function escapeForYaml(char: string): string {
  const hex = (char.codePointAt(0) ?? 0).toString(16);
  return hex.length > 4 ? `\\U${hex.padStart(8, '0')}` : `\\u${hex.padStart(4, '0')}`;
}
