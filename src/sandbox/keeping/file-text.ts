/** JSON for files: ASCII alone, so that no name in it moves the cursor or hides anything where the file is looked at. */
export function fileText(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
