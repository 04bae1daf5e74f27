/** GitHub's workflow commands: lines of a log that its runner executes (T31). No other file of this program may write one. */

/** An annotation on a line of a file, shown on the run and in the pull request's diff. Texts may come from outside. */
export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly message: string;
  readonly title?: string | undefined;
  /** Relative to the workspace, with forward slashes. */
  readonly file?: string | undefined;
  /** Both count from 1. */
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

/**
 * The command that makes an annotation, without a line break at its end.
 * @param clean makes a text harmless to show; called for every text before it is escaped
 */
export function annotationCommand(annotation: Annotation, clean: (text: string) => string): string {
  const { level, message, title, file, line, column } = annotation;
  const properties = [
    ['file', file],
    ['line', line],
    ['col', column],
    ['title', title],
  ] as const;
  const given = properties.flatMap(([name, value]) =>
    value === undefined
      ? []
      : [`${name}=${escapeProperty(typeof value === 'number' ? `${value}` : clean(value))}`],
  );
  const text = message.split('\n').map(clean).join('\n');
  return `::${level}${given.length > 0 ? ` ${given.join(',')}` : ''}::${escapeData(text)}`;
}

/** Escapes for the runner: the percent sign and line breaks. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** In a property also the characters that would end the property. */
function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
