/** YAML 1.2 with the position of each part. The only file of this room that imports the YAML library. */
import {
  type Alias,
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  Lexer,
  type Node,
  type Pair,
  type ParsedNode,
  Parser,
  type YAMLMap,
} from 'yaml';
import {
  DEEPEST,
  type LayoutNode,
  type Located,
  type LocatedEntry,
  type LocatedProblem,
  type Parsed,
  type Step,
  TOO_DEEP,
} from './located.ts';
import {
  CONTAINS_ITSELF,
  EXPANDS,
  FIX,
  LOOK_CLOSELY,
  MEANING,
  MOST_PARTS,
  NO_ANCHOR,
  QUOTE_VARIABLE,
} from './yaml-words.ts';

/** Words, marks, spaces and line breaks: several times the need of a large account. Each costs some 400 bytes of memory (T13). */
const MOST_LEXEMES = 300_000;
const TOO_MANY = {
  message: 'the file has far more entries than any configuration needs',
  fix: 'Split it into several files.',
};

/** The parser holds this many frames around the collections themselves. */
const FRAMES = 4;

/** Redundant tags, which are accepted. */
const PLAIN_TAG = /^tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq)$/;

/** Parses a YAML text; reports every problem of the parser, and treats its warnings as errors (T16). */
export function parseYaml(text: string): Parsed {
  const documents = compose(text);
  if (!Array.isArray(documents)) return { root: undefined, findings: [documents] };
  const [document, second] = documents;
  if (!document) return { root: undefined, findings: [] };
  const problems = firstOfEachLine(complaints(document, text), text);
  if (second) problems.push(complaint('MULTIPLE_DOCS', second.range[0]));
  // The contents of a broken document are guesswork, so parsing ends here.
  if (problems.length > 0 || document.contents === null) return { root: undefined, findings: problems };
  const anchors = new Anchors();
  if (anchors.measure(document.contents) > MOST_PARTS) {
    return { root: undefined, findings: [{ at: anchors.largestAt, path: [], ...EXPANDS }] };
  }
  const walk = new Walk(anchors.targets);
  const root = walk.read(document.contents, []);
  return { root, findings: walk.findings };
}

/** The positions of a text's parts, YAML or JSON; undefined unless the text is one valid document. */
export function layoutOf(text: string): LayoutNode | undefined {
  const documents = compose(text);
  if (!Array.isArray(documents) || documents.length !== 1) return undefined;
  const [document] = documents;
  return document === undefined || document.errors.length > 0 ? undefined : layoutOfNode(document.contents);
}

function layoutOfNode(node: unknown): LayoutNode {
  const [start = 0, end = start] = (isNode(node) ? node.range : null) ?? [];
  if (isMap(node)) {
    const parts = node.items.map(({ key, value }) => {
      const name = isScalar(key) && typeof key.value === 'string' ? key.value : undefined;
      const [from = 0, to = from] = (isNode(key) ? key.range : null) ?? [];
      return { key: name, start: from, keyEnd: to, value: layoutOfNode(value) };
    });
    return { kind: 'map', isFlow: node.flow === true, start, end, parts };
  }
  if (!isSeq(node)) return { kind: isScalar(node) ? 'scalar' : 'other', isFlow: true, start, end, parts: [] };
  const parts = node.items.map((item) => {
    const value = layoutOfNode(item);
    const key = isScalar(item) && typeof item.value === 'string' ? item.value : undefined;
    return { key, start: value.start, keyEnd: value.start, value };
  });
  return { kind: 'list', isFlow: node.flow === true, start, end, parts };
}

type Doc = Document.Parsed<ParsedNode>;

/** The library's parser without its last step, so that depth and size are limited before anything recurses (T13). */
function compose(text: string): Doc[] | LocatedProblem {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    lexemes += 1;
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (parser.stack.length > DEEPEST + FRAMES) return { at: parser.offset, path: [], ...TOO_DEEP };
    if (lexemes > MOST_LEXEMES) return { at: parser.offset, path: [], ...TOO_MANY };
  }
  for (const token of parser.end()) tokens.push(token);
  return withoutStacks(() => composed(tokens, text.length));
}

function composed(tokens: readonly CST.Token[], length: number): Doc[] {
  // Our own check finds equal keys, because it knows the positions of both.
  const composer = new Composer<ParsedNode>({
    version: '1.2',
    schema: 'core',
    uniqueKeys: false,
    logLevel: 'silent',
  });
  return [...composer.compose(tokens, true, length)] as Doc[];
}

/** The library makes an Error of each problem. Their stacks are unused, and those of a broken file fill the memory. */
function withoutStacks<T>(work: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** The parser's catch-all problem is reported once: those after it are consequences. */
function complaints(document: Doc, text: string): LocatedProblem[] {
  const all = [...document.errors, ...document.warnings];
  const unclear = all.find(({ code }) => MEANING[code] === undefined);
  const errors = all
    .filter((error) => MEANING[error.code] !== undefined || error === unclear)
    .map(({ code, pos }) => complaint(code, pos[0], text));
  // `%YAML 1.1` would change what `yes`, `0123` and `<<` mean.
  if (document.directives.yaml.explicit) errors.push(complaint('BAD_DIRECTIVE', 0));
  return errors;
}

/** Another problem on the same line is nearly always a consequence of the first. */
function firstOfEachLine(findings: readonly LocatedProblem[], text: string): LocatedProblem[] {
  const sorted = findings.toSorted((a, b) => a.at - b.at);
  return sorted.filter(({ at }, index) => {
    const before = sorted[index - 1];
    return before === undefined || text.slice(before.at, at).includes('\n');
  });
}

function complaint(code: string, at: number, text = ''): LocatedProblem {
  const line = text.slice(text.lastIndexOf('\n', at - 1) + 1, at + 1);
  const bracket = line.search(/[{[]/);
  const isVariable = bracket !== -1 && line.includes('${', bracket + 1);
  return {
    at,
    path: [],
    message: MEANING[code] ?? 'this is not valid YAML',
    fix: FIX[code] ?? (isVariable ? QUOTE_VARIABLE : LOOK_CLOSELY),
  };
}

type Targets = ReadonlyMap<Alias, Node | 'itself'>;

/** Resolves each alias, and counts the parts of the document after expansion, without expanding any. */
class Anchors {
  readonly targets = new Map<Alias, Node | 'itself'>();
  /** The position of the alias that expands to the most. */
  largestAt = 0;
  #largest = 0;
  /** `parts` is unknown as long as the node is being measured. */
  readonly #byName = new Map<string, { readonly node: Node; parts?: number }>();

  measure(node: unknown): number {
    if (isAlias(node)) return this.#expanded(node);
    if (!isNode(node)) return 1;
    const anchor: { readonly node: Node; parts?: number } = { node };
    if ('anchor' in node && node.anchor !== undefined) this.#byName.set(node.anchor, anchor);
    const children = isMap(node)
      ? node.items.flatMap(({ key, value }) => [key, value])
      : isSeq(node)
        ? node.items
        : [];
    anchor.parts = children.reduce<number>((sum, child) => sum + this.measure(child), 1);
    return anchor.parts;
  }

  #expanded(alias: Alias): number {
    const anchor = this.#byName.get(alias.source);
    if (!anchor) return 1;
    const { node, parts } = anchor;
    this.targets.set(alias, parts === undefined ? 'itself' : node);
    if (parts !== undefined && parts > this.#largest) {
      this.#largest = parts;
      this.largestAt = startOf(alias) ?? 0;
    }
    return parts ?? 1;
  }
}

/** One pass over the parsed nodes; follows aliases, whose contents keep their own positions. */
class Walk {
  readonly findings: LocatedProblem[] = [];
  readonly #targets: Targets;

  constructor(targets: Targets) {
    this.#targets = targets;
  }

  read(node: unknown, path: readonly Step[], fallback = 0): Located {
    if (isAlias(node)) return this.#follow(node, path);
    const at = startOf(node) ?? fallback;
    // The library knows more tags than its schema and resolves them without a warning (`!!binary`, `!!set`, `!!omap`).
    if (isNode(node) && node.tag !== undefined && !PLAIN_TAG.test(node.tag)) {
      this.findings.push({ ...complaint('TAG_RESOLVE_FAILED', at), path });
    }
    if (path.length >= DEEPEST) {
      this.findings.push({ at, path: [], ...TOO_DEEP });
      return { kind: 'scalar', at, value: null };
    }
    if (isMap(node)) return { kind: 'map', at, entries: this.#entries(node, path) };
    if (isSeq(node)) {
      const items = node.items.map((item, index) => this.read(item, [...path, index], at));
      return { kind: 'list', at, items };
    }
    return { kind: 'scalar', at, value: isScalar(node) ? simple(node.value) : null };
  }

  #entries(map: YAMLMap, path: readonly Step[]): LocatedEntry[] {
    return map.items.flatMap((pair) => {
      const key = this.#key(pair, path);
      return key ? [{ ...key, value: this.read(pair.value, [...path, key.key], key.at) }] : [];
    });
  }

  /** Only texts are keys: `1e3` would silently become "1000" (T19). */
  #key({ key }: Pair, path: readonly Step[]): { readonly key: string; readonly at: number } | undefined {
    const at = startOf(key) ?? 0;
    if (isScalar(key) && typeof key.value === 'string') return { key: key.value, at };
    const read = isScalar(key) ? `as ${kindOf(key.value)}` : 'as something else';
    this.findings.push({
      at,
      path,
      message: `this key is read ${read}, not as a string`,
      fix: 'Put the key in double quotes.',
    });
    return undefined;
  }

  #follow(alias: Alias, path: readonly Step[]): Located {
    const at = startOf(alias) ?? 0;
    const target = this.#targets.get(alias);
    if (isNode(target)) return this.read(target, path, at);
    const wrong = target === 'itself' ? CONTAINS_ITSELF : NO_ANCHOR;
    this.findings.push({ at, path, ...wrong });
    return { kind: 'scalar', at, value: null };
  }
}

function startOf(node: unknown): number | undefined {
  const range = (node as { readonly range?: readonly number[] | null } | null)?.range;
  return range?.[0];
}

function simple(value: unknown): string | number | boolean | null {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return typeof value === 'number' ? 'a number' : `a ${typeof value}`;
}
