/**
 * Writes functions so that V8 compiles them together with their file. Otherwise it compiles each when it is first called, and Node's
 * compile cache, which is made when a file is loaded, does not hold them: they would be compiled anew in every run.
 *
 * V8 does so with a function that begins with a parenthesis, as one does that is called at once (v8.dev/blog/preparser, "PIFEs"). So
 * `function f() {}` becomes `var f=(function() {});` at the start of its scope, where JavaScript has it from the start anyway.
 */
import { parseAst } from 'rolldown/parseAst';

const EXPRESSIONS = new Set(['FunctionExpression', 'ArrowFunctionExpression']);

/** @param {string} code a script, or the body of a CommonJS module @returns {string} code that does the same */
export function compiledEarly(code) {
  return rewrite(parseAst(code, { lang: 'js' }), code);
}

/** The text of a node, with all functions inside it rewritten. */
function rewrite(root, code) {
  const edits = [];
  const visit = (node, parent) => {
    if (node !== root && EXPRESSIONS.has(node.type)) {
      const text = rewrite(node, code);
      edits.push({ start: node.start, end: node.end, text: isMethod(parent) ? text : `(${text})` });
      return;
    }
    const declared = declarationsIn(node);
    if (declared.length > 0) {
      const { start } = node.body.find(({ directive }) => !directive);
      const word = isOfFunction(node, parent) ? 'var' : 'let';
      const text = declared.map((each) => `${word} ${each.id.name}=(${anonymous(each, code)});`).join('');
      edits.push({ start, end: start, text });
      for (const { start: from, end } of declared) edits.push({ start: from, end, text: '' });
    }
    for (const child of childrenOf(node)) if (!declared.includes(child)) visit(child, node);
  };
  visit(root);
  return edited(code, root, edits);
}

/** A value that is written as a method takes no parentheses. */
function isMethod(parent) {
  return (
    parent.type === 'MethodDefinition' ||
    (parent.type === 'Property' && (parent.method || parent.kind !== 'init'))
  );
}

/** The functions that are declared directly in a scope. */
function declarationsIn({ type, body }) {
  if (type !== 'Program' && type !== 'BlockStatement') return [];
  return body.filter((statement) => statement.type === 'FunctionDeclaration');
}

/** What is declared in a function's own body may share its name with a parameter; in any other block it may not be seen outside. */
function isOfFunction({ type }, parent) {
  return type === 'Program' || parent.type.includes('Function');
}

/** A declared function without its name: one of its own would be a constant inside it, and it may overwrite itself. */
function anonymous(declaration, code) {
  const text = rewrite(declaration, code);
  const from = declaration.id.start - declaration.start;
  return text.slice(0, from) + text.slice(from + declaration.id.name.length);
}

function childrenOf(node) {
  return Object.values(node)
    .flat()
    .filter((value) => typeof value?.type === 'string');
}

function edited(code, { start, end }, edits) {
  let text = '';
  let at = start;
  for (const edit of edits.sort((a, b) => a.start - b.start || a.end - b.end)) {
    text += code.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return text + code.slice(at, end);
}
