/**
 * Rewrites regular expressions with Unicode properties as calls of `RegExp`, which prepare them when they are used. V8 checks a literal
 * when it reads the function around it, and looks up every character of its properties for that. Node 20 has no compile cache, so it
 * would do this in every run.
 */
import { parseAst } from 'rolldown/parseAst';

const HAS_PROPERTY = /\\p\{/i;

/**
 * @param {string} code a script, or the body of a CommonJS module
 * @returns {string} code that does the same
 */
export function preparedLate(code) {
  let text = '';
  let at = 0;
  const visit = (node) => {
    if (typeof node?.type !== 'string') return;
    const { regex, start, end } = node;
    if (regex && HAS_PROPERTY.test(regex.pattern)) {
      // The space separates it from a keyword.
      text += `${code.slice(at, start)} RegExp(${JSON.stringify(regex.pattern)},${JSON.stringify(regex.flags)})`;
      at = end;
    }
    for (const child of Object.values(node).flat()) visit(child);
  };
  visit(parseAst(code, { lang: 'js' }));
  return text + code.slice(at);
}
