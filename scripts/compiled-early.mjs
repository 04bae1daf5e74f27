/**
 * Rewrites functions so that V8 compiles them together with their file. V8 usually compiles a function when it is first called. Node
 * creates its compile cache when it loads a file, so the cache lacks these functions, and every run compiles them again.
 *
 * V8 compiles a parenthesised function immediately, because such functions are usually called right away (v8.dev/blog/preparser, "PIFEs"). So
 * `function f() {}` becomes `var f=(function() {});` at the start of its scope, where JavaScript hoists it anyway. The V8 in Node 22 ignores
 * the parentheses of arrow functions, so an arrow function becomes a function if its behaviour stays the same. A method cannot be
 * parenthesised: one of an object becomes a property, and one of a class is added to it in a static block.
 */
import { parseAst } from 'rolldown/parseAst';

/** Shorter arrow functions stay as they are, because the conversion adds about 15 characters. */
const WORTH_IT = 60;

/**
 * For the rewritten classes. The minifier shortens the names. With each property, V8 copies the list of the earlier ones, unless the object has
 * lost one of them that was not the last.
 */
const ADD_METHODS = `var addMethods=(function(target,methods){target._=target.__=0;delete target._;delete target.__;for(const name in methods)Object.defineProperty(target,name,{value:methods[name],writable:true,configurable:true})});`;

/**
 * @param {string} code a script, or the body of a CommonJS module
 * @param {(name: string) => boolean} isCalled false for a function that most runs never call: it stays as it is, with all inside it
 * @returns {string} code that does the same
 */
export function compiledEarly(code, isCalled = () => true) {
  const world = { code, isCalled, addsMethods: false };
  const text = rewrite(parseAst(code, { lang: 'js' }), world);
  return world.addsMethods
    ? text.replace(/^\s*(?:(['"])use strict\1;?)?/, (start) => start + ADD_METHODS)
    : text;
}

/** The text of a node, with the functions inside it rewritten. */
function rewrite(root, world, rootParent) {
  const edits = [];
  const replace = ({ start, end }, text) => edits.push({ start, end, text });
  const visit = (node, parent) => {
    if (node !== root && isFunction(node)) {
      if (!isMethod(parent) && isEarly(nameOf(node, parent), world)) replace(node, expression(node, world));
      return;
    }
    if (node.type === 'Property' && node.method && isMovable(node, world)) {
      replace(node, property(node, world));
      return;
    }
    const moved = movedIn(node, parent, world);
    if (moved.nodes.length > 0) replace({ start: moved.to, end: moved.to }, moved.text);
    for (const each of moved.nodes) replace(each, '');
    for (const child of childrenOf(node)) if (!moved.nodes.includes(child)) visit(child, node);
  };
  visit(root, rootParent);
  return edited(world.code, root, edits);
}

function isFunction({ type }) {
  return /^(?:Arrow)?Function(?:Expression|Declaration)$/.test(type);
}

/** The name in the source; undefined for a function without one, and for one that is assigned to a property. */
function nameOf(node, parent) {
  return node.id?.name ?? (parent.type === 'VariableDeclarator' ? parent.id.name : parent.key?.name);
}

/** The name in the source. The bundler adds a number to a name that several files have. */
export function sourceName(name) {
  return name.replace(/\$\d+$/, '');
}

function isEarly(name, { isCalled }) {
  return name === undefined || isCalled(sourceName(name));
}

/** Returns the function as a parenthesised expression. */
function expression(node, world) {
  const isArrow = node.type === 'ArrowFunctionExpression';
  if (!isArrow || node.end - node.start < WORTH_IT || dependsOnPlace(node))
    return `(${rewrite(node, world)})`;
  const params = node.params.map((param) => rewrite(param, world)).join();
  const { body } = node;
  const isBlock = body.type === 'BlockStatement';
  const block = isBlock ? rewrite(body, world, node) : `{return ${result(body, world)}}`;
  return `(${node.async ? 'async ' : ''}function(${params})${block})`;
}

function result(node, world) {
  return isFunction(node) ? expression(node, world) : rewrite(node, world);
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

/** The function is a method, a getter, a setter or a constructor. */
function isMethod(parent) {
  return (
    parent.type === 'MethodDefinition' ||
    (parent.type === 'Property' && (parent.method || parent.kind !== 'init'))
  );
}

/** Only a method has `super`, and a property `__proto__` would set the prototype. */
function isMovable({ computed, key, value }, world) {
  if (computed || key.type !== 'Identifier' || key.name === '__proto__') return false;
  return isEarly(key.name, world) && !usesSuper(value);
}

function usesSuper(node) {
  return node.type === 'Super' || childrenOf(node).some(usesSuper);
}

/** A method as a property with a function. */
function property({ key, value }, world) {
  const word = `${value.async ? 'async ' : ''}function${value.generator ? '*' : ''}`;
  return `${key.name}:(${word}${rewrite(value, world)})`;
}

/** The parts of a class or a scope that move to its start, and their text there. */
function movedIn(node, parent, world) {
  if (node.type === 'ClassBody') {
    const nodes = node.body.filter((each) => isMovableMethod(each, world));
    return { nodes, to: node.start + 1, text: addingMethods(nodes, world) };
  }
  if (node.type !== 'Program' && node.type !== 'BlockStatement') return { nodes: [] };
  const isDeclared = (each) => each.type === 'FunctionDeclaration' && isEarly(each.id.name, world);
  const nodes = node.body.filter(isDeclared);
  const word = isOfFunction(node, parent) ? 'var' : 'let';
  const text = nodes.map((each) => `${word} ${each.id.name}=(${anonymous(each, world)});`).join('');
  return { nodes, to: node.body.find(({ directive }) => !directive)?.start, text };
}

function isMovableMethod(node, world) {
  return node.type === 'MethodDefinition' && node.kind === 'method' && isMovable(node, world);
}

/** A static block, which runs before the static fields after it are set. */
function addingMethods(nodes, world) {
  world.addsMethods ||= nodes.length > 0;
  const adding = (isStatic) => {
    const some = nodes.filter((each) => each.static === isStatic).map((each) => property(each, world));
    return some.length === 0 ? '' : `addMethods(this${isStatic ? '' : '.prototype'},{${some.join()}});`;
  };
  return `static{${adding(false)}${adding(true)}}`;
}

/** A function declared in another function's body may share its name with a parameter. In other blocks it must stay invisible outside. */
function isOfFunction({ type }, parent) {
  return type === 'Program' || parent.type.includes('Function');
}

/** A declared function without its name, because the name of an expression is constant and the function may overwrite itself. */
function anonymous(declaration, world) {
  const text = rewrite(declaration, world);
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
