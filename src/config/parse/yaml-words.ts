/** Messages about invalid YAML. The parser's own messages repeat the text, which may be a secret. */
import { TOO_DEEP } from './located.ts';

/** The limit after every alias is expanded; the number of uses of an anchor does not matter (T15). */
export const MOST_PARTS = 300_000;
export const EXPANDS = {
  message: `the aliases of this file expand to more than ${MOST_PARTS.toLocaleString('en')} entries`,
  fix: 'Write the values out instead of nesting aliases in aliases.',
};

export const NO_ANCHOR = {
  message: 'this alias has no anchor before it',
  fix: 'Define it with `&name` first.',
};

export const CONTAINS_ITSELF = {
  message: 'this alias contains itself',
  fix: 'Give the inner part an anchor of its own.',
};

/** The meaning of each of the parser's codes; its own messages repeat the text, which may be a secret. */
export const MEANING: Readonly<Record<string, string>> = {
  ALIAS_PROPS: 'an alias can have neither a tag nor an anchor',
  BAD_ALIAS: 'this alias or anchor has no valid name',
  BAD_COLLECTION_TYPE: 'this tag does not match its value',
  BAD_DIRECTIVE: 'this `%` directive is not valid',
  BAD_DQ_ESCAPE: 'this escape sequence is not valid in double quotes',
  BAD_INDENT: 'the indentation is wrong, or a bracket is not closed',
  BAD_SCALAR_START: 'an unquoted string cannot begin with this character',
  BLOCK_AS_IMPLICIT_KEY: 'this line has a second colon, or a block where none is allowed',
  BLOCK_IN_FLOW: 'a block is not allowed inside `{...}` or `[...]`',
  KEY_OVER_1024_CHARS: 'this key is longer than 1,024 characters',
  MISSING_CHAR: 'a quote, a bracket, a comma or a space is missing here',
  MULTILINE_IMPLICIT_KEY: 'a key must be on one line; is a colon or a quote missing?',
  MULTIPLE_DOCS: 'the file contains several documents, separated by `---`',
  RESOURCE_EXHAUSTION: TOO_DEEP.message,
  TAB_AS_INDENT: 'a tab is used for indentation; YAML allows spaces only',
  TAG_RESOLVE_FAILED: 'this tag is not supported',
};

/** The fix, if there is a better one than to look closely. */
export const FIX: Readonly<Record<string, string>> = {
  BAD_ALIAS: 'Quote the string; a leading `*` or `&` has a special meaning.',
  BAD_SCALAR_START: 'Put the whole string in double quotes.',
  BLOCK_AS_IMPLICIT_KEY: 'Put strings that contain a colon in double quotes, or check the indentation.',
  MULTIPLE_DOCS: 'Keep one document: remove the `---` and the other documents.',
  RESOURCE_EXHAUSTION: TOO_DEEP.fix,
  TAB_AS_INDENT: 'Replace the tab with spaces.',
  TAG_RESOLVE_FAILED: 'Remove the word that begins with `!`, or quote it if it is part of a string.',
};
export const LOOK_CLOSELY = 'Check the quotes, colons, brackets and indentation here and on the line above.';
export const QUOTE_VARIABLE = 'Inside { } or [ ], put strings that contain ${...} in double quotes.';
