import { accept, type CheckedText, codePoint, refuse } from './check.ts';

/** PagerDuty documents no limit (U7); a longer text is not a button. */
const LONGEST_LABEL = 255;

/** Characters that a label must not contain: they break lines, or cannot be written as UTF-8. */
const NEVER = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;

/** Characters that draw nothing or turn the text around: bidirectional controls, zero-width characters, tags (T02). */
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/** Characters that leave a button blank: spaces, and the braille pattern without dots. */
const BLANK = /[\s\u2800]/g;

/** The selectors between an emoji's picture and its letter; ordinary right after an emoji. */
const EMOJI_PRESENTATION = /(\p{Emoji})[\ufe0e\ufe0f]/gu;

/** Real scripts stack a few marks on a letter, not a tower of them. */
const TOWER_OF_MARKS = /\p{M}{9}/u;

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
  const forbidden = NEVER.exec(text)?.[0];
  if (forbidden !== undefined)
    return refuse(`the label contains ${nameOf(forbidden)}`, 'Remove that character.');
  if (text !== text.trim()) {
    return refuse('the label begins or ends with a space', 'Remove the spaces around it.');
  }
  return allowUnicodeControls ? accept(text) : checkVisibility(text);
}

/** The label as a reader sees it: two labels that fold to the same text look the same on the screen (T02). */
export function foldLabel(label: string): string {
  return label
    .normalize('NFC')
    .replace(INVISIBLE, '')
    .replace(/[\p{Zs}\u2800]+/gu, ' ')
    .trim();
}

function checkVisibility(text: string): CheckedText {
  const invisible = text.replace(EMOJI_PRESENTATION, '$1').match(INVISIBLE)?.[0];
  if (invisible !== undefined) {
    return refuse(
      `the label contains the invisible character ${codePoint(invisible)}`,
      'Remove it, or set "allowUnicodeControls": true on this action if its writing system needs it.',
    );
  }
  if (TOWER_OF_MARKS.test(text)) {
    return refuse('the label stacks more than eight combining marks on one letter', 'Remove the marks.');
  }
  return accept(text);
}

function nameOf(character: string): string {
  if (/[\r\n\u2028\u2029]/.test(character)) return 'a line break';
  if (/\p{Cs}/u.test(character)) return 'an unpaired surrogate, which is not a valid character';
  return `the control character ${codePoint(character)}`;
}
