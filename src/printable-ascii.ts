/**
 * True for texts of printable ASCII and spaces, in which no character is invisible or combines with another. Checked before regular
 * expressions with Unicode properties: V8 takes up to a millisecond to build each of these.
 */
export function isPrintableAscii(text: string): boolean {
  return /^[ -~]*$/.test(text);
}
