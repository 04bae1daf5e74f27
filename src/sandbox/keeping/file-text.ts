/** JSON for files: ASCII only, so that no name in it moves the cursor or hides text when the file is displayed. */
export function fileText(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
