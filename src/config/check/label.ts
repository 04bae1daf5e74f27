import { isPrintableAscii } from '../../printable-ascii.ts';
import { accept, type CheckedText, codePoint, refuse } from './check.ts';

/** PagerDuty documents no limit (U7); a longer text is not a button. */
const LONGEST_LABEL = 255;

/** Characters that leave a button blank: spaces, and the braille pattern without dots. */
const BLANK = /[\s\u2800]/g;

export interface LabelOptions {
  /** Accepts bidirectional and zero-width characters: some scripts need them. */
  readonly allowUnicodeControls?: boolean | undefined;
}

/**
 * Checks that a text can be the label of an action.
 * @param text as written; nothing is trimmed or corrected
 */
export function checkLabel(text: string, { allowUnicodeControls = false }: LabelOptions = {}): CheckedText {
  if (text.replace(BLANK, '') === '')
    return refuse('the label is empty', 'Write what the button does, for example "Restart Server".');
  if ([...text].length > LONGEST_LABEL) {
    return refuse(`the label is longer than ${LONGEST_LABEL} characters`, 'Shorten it to a few words.');
  }
  const forbidden = forbiddenIn(text);
  if (forbidden !== undefined)
    return refuse(`the label contains ${nameOf(forbidden)}`, 'Remove that character.');
  if (text !== text.trim()) {
    return refuse('the label begins or ends with a space', 'Remove the spaces around it.');
  }
  return allowUnicodeControls || isPrintableAscii(text) ? accept(text) : checkVisibility(text);
}

/** The label as a reader sees it: two labels that fold to the same text look the same on the screen (T02). */
export function foldLabel(label: string): string {
  if (isPrintableAscii(label)) return label.replace(/ +/g, ' ').trim();
  return label
    .normalize('NFC')
    .replace(invisible(), '')
    .replace(/[\p{Zs}\u2800]+/gu, ' ')
    .trim();
}

/** Returns the first forbidden character of a label: one that breaks lines or cannot be encoded as UTF-8. */
function forbiddenIn(text: string): string | undefined {
  return isPrintableAscii(text) ? undefined : /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.exec(text)?.[0];
}

/** Matches invisible characters: bidirectional controls, zero-width characters, tags (T02). */
function invisible(): RegExp {
  return /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
}

function checkVisibility(text: string): CheckedText {
  // The selectors between an emoji's picture and its letter are allowed right after an emoji.
  const hidden = text.replace(/(\p{Emoji})[\ufe0e\ufe0f]/gu, '$1').match(invisible())?.[0];
  if (hidden !== undefined) {
    return refuse(
      `the label contains the invisible character ${codePoint(hidden)}`,
      'Remove it, or set "allowUnicodeControls": true on this action if its writing system needs it.',
    );
  }
  // Real writing systems stack only a few marks on a letter.
  if (/\p{M}{9}/u.test(text)) {
    return refuse('the label stacks more than eight combining marks on one letter', 'Remove the marks.');
  }
  return accept(text);
}

function nameOf(character: string): string {
  if (/[\r\n\u2028\u2029]/.test(character)) return 'a line break';
  if (!character.isWellFormed()) return 'an unpaired surrogate, which is not a valid character';
  return `the control character ${codePoint(character)}`;
}
