/**
 * Rewrites functions so that V8 compiles them together with their file. V8 usually compiles a function when it is first called. Node
 * creates its compile cache when it loads a file, so the cache lacks these functions, and every run compiles them again.
 *
 * V8 compiles a parenthesised function immediately, because such functions are usually called right away (v8.dev/blog/preparser, "PIFEs"). So
 * `function f() {}` becomes `var f=(function() {});` at the start of its scope, where JavaScript hoists it anyway. The V8 in Node 22 ignores
 * the parentheses of arrow functions, so an arrow function becomes a function if its behaviour stays the same.
 */
import { parseAst } from 'rolldown/parseAst';

/** Shorter arrow functions stay as they are, because the conversion adds about 15 characters. */
const WORTH_IT = 60;

const EXPRESSIONS = new Set(['FunctionExpression', 'ArrowFunctionExpression']);

/** @param {string} code a script, or the body of a CommonJS module @returns {string} code that does the same */
export function compiledEarly(code) {
  return rewrite(parseAst(code, { lang: 'js' }), code);
}

/** The text of a node, with all functions inside it rewritten. */
function rewrite(root, code, rootParent) {
  const edits = [];
  const visit = (node, parent) => {
    if (node !== root && EXPRESSIONS.has(node.type)) {
      const text = isMethod(parent) ? rewrite(node, code) : expression(node, code);
      edits.push({ start: node.start, end: node.end, text });
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
  visit(root, rootParent);
  return edited(code, root, edits);
}

/** Returns the function as a parenthesised expression. */
function expression(node, code) {
  const isArrow = node.type === 'ArrowFunctionExpression';
  if (!isArrow || node.end - node.start < WORTH_IT || dependsOnPlace(node)) return `(${rewrite(node, code)})`;
  const params = node.params.map((param) => rewrite(param, code)).join();
  const { body } = node;
  const block = body.type === 'BlockStatement' ? rewrite(body, code, node) : `{return ${result(body, code)}}`;
  return `(${node.async ? 'async ' : ''}function(${params})${block})`;
}

function result(node, code) {
  return EXPRESSIONS.has(node.type) ? expression(node, code) : rewrite(node, code);
}

/** True if an arrow function uses `this`, `super`, `new.target` or `arguments` of its surroundings, so it must stay one. */
function dependsOnPlace(node) {
  const { type, name, computed, key } = node;
  if (type === 'ThisExpression' || type === 'Super' || type === 'MetaProperty') return true;
  if (type === 'Identifier' && name === 'arguments') return true;
  // These bind their own `this`.
  if (type === 'FunctionExpression' || type === 'FunctionDeclaration' || type === 'StaticBlock') return false;
  if (type === 'MethodDefinition' || type === 'PropertyDefinition') return computed && dependsOnPlace(key);
  return childrenOf(node).some(dependsOnPlace);
}

/** A method cannot be parenthesised. */
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

/** A function declared in another function's body may share its name with a parameter. In other blocks it must stay invisible outside. */
function isOfFunction({ type }, parent) {
  return type === 'Program' || parent.type.includes('Function');
}

/** A declared function without its name, because the name of an expression is constant and the function may overwrite itself. */
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
