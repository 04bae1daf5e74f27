/** Splits a line like a shell, as far as the examples need it: blanks, and words in double quotes. */
export function shellWords(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '');
}
