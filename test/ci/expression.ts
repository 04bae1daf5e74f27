/** The parts of GitHub's expressions that the examples use: paths, texts, `==`, `!=`, `!`, `&&`, `||`, brackets and status functions. */

export type Value = string | number | boolean | null | undefined | { readonly [key: string]: Value };
export type Scope = Readonly<Record<string, Value>>;

/** The text with each `${{ … }}` replaced by its value. */
export function fill(text: string, scope: Scope): string {
  return text.replace(/\$\{\{(.*?)\}\}/gs, (_all, inside: string) => toText(evaluate(inside, scope)));
}

/** The value of an expression. @throws Error for unsupported syntax, so that nothing evaluates to empty by mistake */
export function evaluate(source: string, scope: Scope): Value {
  const tokens = source.match(/'(?:[^']|'')*'|==|!=|&&|\|\||[!()]|[\w.-]+|\S/g) ?? [];
  let at = 0;
  const take = (wanted: string): boolean => {
    if (tokens[at] !== wanted) return false;
    at += 1;
    return true;
  };
  const chain = (operator: string, part: () => Value, join: (a: Value, b: Value) => Value): Value => {
    let value = part();
    while (take(operator)) value = join(value, part());
    return value;
  };
  const any = (): Value => chain('||', all, (a, b) => a || b);
  const all = (): Value => chain('&&', compare, (a, b) => a && b);
  const compare = (): Value => {
    const left = single();
    if (take('==')) return toText(left) === toText(single());
    if (take('!=')) return toText(left) !== toText(single());
    return left;
  };
  const single = (): Value => {
    if (take('!')) return !single();
    if (take('(')) {
      const value = any();
      if (!take(')')) throw new Error(`) is missing: ${source}`);
      return value;
    }
    const token = tokens[at] ?? '';
    at += 1;
    if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
    if (take('(')) {
      if (!take(')')) throw new Error(`a function with arguments: ${source}`);
      return lookup(`${token}()`, scope, source);
    }
    return lookup(token, scope, source);
  };
  const value = any();
  if (at < tokens.length) throw new Error(`not understood: ${source}`);
  return value;
}

/** As on GitHub, a missing member of a known context is empty; an unknown context is an error. */
function lookup(path: string, scope: Scope, source: string): Value {
  const [first = '', ...rest] = path.split('.');
  if (!Object.hasOwn(scope, first)) throw new Error(`unknown: ${first} in ${source}`);
  return rest.reduce<Value>(
    (value, key) => (typeof value === 'object' && value !== null ? value[key] : undefined),
    scope[first],
  );
}

function toText(value: Value): string {
  return value === null || value === undefined ? '' : String(value);
}
