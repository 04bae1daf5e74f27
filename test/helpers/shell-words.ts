/** The words of a line as a shell reads them, as far as examples go: blanks, and words in double quotes. */
export function shellWords(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '');
}
