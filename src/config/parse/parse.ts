/** YAML 1.2 with the place of each part. The only file that imports the YAML library here. */
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
  type Pair,
  type ParsedNode,
  Parser,
  type YAMLMap,
} from 'yaml';
import {
  DEEPEST,
  type Entry,
  type Finding,
  type Located,
  type Parsed,
  type Step,
  TOO_DEEP,
} from './located.ts';

/** How many times aliases may be followed: enough for a list that several services share, not for a bomb (T15). */
const MOST_ALIASES = 10;

/** Words, marks, spaces and line breaks: several times what a large account needs. Each costs some 400 bytes of memory (T13). */
const MOST_LEXEMES = 300_000;
const TOO_MANY = {
  message: 'the file has far more parts than any configuration needs',
  fix: 'Divide it into several files.',
};

/** The parser holds this many frames around the collections themselves. */
const FRAMES = 4;

/** Tags that say what is meant anyway. */
const PLAIN_TAG = /^tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq)$/;

/** What each of the parser's codes means; its own messages repeat the text, which may be a secret. */
const MEANING: Readonly<Record<string, string>> = {
  ALIAS_PROPS: 'an alias can have neither a tag nor an anchor',
  BAD_ALIAS: 'this alias or anchor has no valid name',
  BAD_COLLECTION_TYPE: 'this tag does not fit here',
  BAD_DIRECTIVE: 'this `%` directive is not valid',
  BAD_DQ_ESCAPE: 'this escape is not valid in double quotes',
  BAD_INDENT: 'the indentation does not fit, or a bracket is not closed',
  BAD_SCALAR_START: 'a text cannot begin with this character',
  BLOCK_AS_IMPLICIT_KEY: 'there is a second colon in this line, or a block where none can stand',
  BLOCK_IN_FLOW: 'a block cannot stand inside `{…}` or `[…]`',
  KEY_OVER_1024_CHARS: 'this key is longer than 1,024 characters',
  MISSING_CHAR: 'something is missing here: a quote, a bracket, a comma or a space',
  MULTILINE_IMPLICIT_KEY: 'a key must stand on one line; is a colon or a quote missing?',
  MULTIPLE_DOCS: 'the file holds several documents, separated by `---`',
  RESOURCE_EXHAUSTION: TOO_DEEP.message,
  TAB_AS_INDENT: 'a tab is used for indentation; YAML allows spaces only',
  TAG_RESOLVE_FAILED: 'this tag is not supported; write plain values',
};

/** The way out, where it is another than to look closely. */
const FIX: Readonly<Record<string, string>> = {
  BAD_ALIAS: 'Put the text in quotes; `*` and `&` have a meaning at the beginning.',
  BAD_SCALAR_START: 'Put the whole text in double quotes.',
  BLOCK_AS_IMPLICIT_KEY: 'Put a text that has a colon in it in double quotes; or check the indentation.',
  MULTIPLE_DOCS: 'Leave one document: remove the `---` and what does not belong to it.',
  RESOURCE_EXHAUSTION: TOO_DEEP.fix,
  TAB_AS_INDENT: 'Replace the tab by spaces.',
  TAG_RESOLVE_FAILED: 'Remove the word that begins with `!`; a text that begins with it needs quotes.',
};
const LOOK_CLOSELY = 'Check the quotes, colons, brackets and indentation here and in the line above.';
const QUOTE_VARIABLE = 'Between { } or [ ], a text with ${…} in it has to stand in double quotes.';

/** Reads a YAML text; reports everything the parser objects to, and takes its warnings for errors (T16). */
export function parseYaml(text: string): Parsed {
  const documents = compose(text);
  if (!Array.isArray(documents)) return { root: undefined, findings: [documents] };
  const [document, second] = documents;
  if (!document) return { root: undefined, findings: [] };
  const found = firstOfEachLine(complaints(document, text), text);
  if (second) found.push(complaint('MULTIPLE_DOCS', second.range[0]));
  // What a broken document says is guesswork: no more is asked of it.
  if (found.length > 0 || document.contents === null) return { root: undefined, findings: found };
  const walk = new Walk(document);
  const root = walk.read(document.contents, []);
  return { root, findings: walk.findings };
}

type Doc = Document.Parsed<ParsedNode>;

/** The library's parser without its last step, so that depth and size are limited before anything recurses (T13). */
function compose(text: string): Doc[] | Finding {
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
  // Our own inspection finds equal keys, for it knows the places of both.
  const composer = new Composer<ParsedNode>({
    version: '1.2',
    schema: 'core',
    uniqueKeys: false,
    logLevel: 'silent',
  });
  return [...composer.compose(tokens, true, length)] as Doc[];
}

/** The library makes an Error of each fault. Nobody looks at their stacks, and a broken file has so many that these fill the memory. */
function withoutStacks<T>(work: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** What the parser has no better word for is told once: what follows it are consequences. */
function complaints(document: Doc, text: string): Finding[] {
  const all = [...document.errors, ...document.warnings];
  const unclear = all.find(({ code }) => MEANING[code] === undefined);
  const found = all
    .filter((error) => MEANING[error.code] !== undefined || error === unclear)
    .map(({ code, pos }) => complaint(code, pos[0], text));
  // `%YAML 1.1` would change what `yes`, `0123` and `<<` mean.
  if (document.directives.yaml.explicit) found.push(complaint('BAD_DIRECTIVE', 0));
  return found;
}

/** What follows a fault on the same line is nearly always its consequence. */
function firstOfEachLine(findings: readonly Finding[], text: string): Finding[] {
  const sorted = findings.toSorted((a, b) => a.at - b.at);
  return sorted.filter(({ at }, index) => {
    const before = sorted[index - 1];
    return before === undefined || text.slice(before.at, at).includes('\n');
  });
}

function complaint(code: string, at: number, text = ''): Finding {
  const line = text.slice(text.lastIndexOf('\n', at - 1) + 1, at + 1);
  const bracket = line.search(/[{[]/);
  const isVariable = bracket !== -1 && line.includes('${', bracket + 1);
  return {
    at,
    path: [],
    message: MEANING[code] ?? 'not valid YAML here',
    fix: FIX[code] ?? (isVariable ? QUOTE_VARIABLE : LOOK_CLOSELY),
  };
}

/** One pass over the parsed nodes; aliases are followed, and counted. */
class Walk {
  readonly findings: Finding[] = [];
  readonly #document: Doc;
  #aliases = 0;

  constructor(document: Doc) {
    this.#document = document;
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

  #entries(map: YAMLMap, path: readonly Step[]): Entry[] {
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
      message: `this key is read ${read}, not as a text`,
      fix: 'Quote the key: write it in double quotes.',
    });
    return undefined;
  }

  #follow(alias: Alias, path: readonly Step[]): Located {
    const at = startOf(alias) ?? 0;
    this.#aliases += 1;
    const target = this.#aliases > MOST_ALIASES ? undefined : alias.resolve(this.#document);
    if (target) return { ...this.read(target, path, at), at };
    if (this.#aliases <= MOST_ALIASES) {
      this.findings.push({
        at,
        path,
        message: 'this alias has no anchor before it',
        fix: 'Define it with `&name` first.',
      });
    } else if (this.#aliases === MOST_ALIASES + 1) {
      this.findings.push({
        at,
        path,
        message: `aliases are followed more than ${MOST_ALIASES} times`,
        fix: 'Write the values out.',
      });
    }
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
  if (value === null) return 'nothing (null)';
  return typeof value === 'number' ? 'a number' : `a ${typeof value}`;
}
