/**
 * True if the text has only printable ASCII characters and spaces, so no invisible or combining ones. Check it before you use a regular
 * expression with Unicode properties, which V8 takes up to a millisecond to build.
 */
export function isPrintableAscii(text: string): boolean {
  return /^[ -~]*$/.test(text);
}
