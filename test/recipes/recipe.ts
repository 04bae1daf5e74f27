/** Recipes of CONTRIBUTING.md, as steps that a test can follow. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One step, and its subject: the file to edit, or the command to run. */
export interface Step {
  readonly subject: string;
  readonly text: string;
}

/** Edits by file: each gets the text of the file, empty for a new one, and gives the new text. */
export type Edits = Readonly<Record<string, (text: string) => string>>;

/** The steps below a heading of CONTRIBUTING.md. */
export function readRecipe(root: string, heading: string): readonly Step[] {
  const text = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
  const [, section = ''] =
    new RegExp(`^## ${heading}\\n([\\s\\S]*?)(?=^## |(?![\\s\\S]))`, 'm').exec(text) ?? [];
  return [...section.matchAll(/^\d+\. ([\s\S]*?)(?=^\d+\. |\n\n)/gm)].map(([, step = '']) => ({
    subject: /^`([^`]+)`: /.exec(step)?.[1] ?? '',
    text: step,
  }));
}

/** Steps without a subject, and differences between the steps and the edits. */
export function gapsOf(steps: readonly Step[], edits: Edits): string[] {
  const subjects = steps.map(({ subject }) => subject);
  return [
    ...steps
      .filter(({ subject }) => subject === '')
      .map(({ text }) => `this step names no file and no command: ${text}`),
    ...Object.keys(edits)
      .filter((file) => !subjects.includes(file))
      .map((file) => `no step names ${file}`),
    ...subjects
      .filter((subject) => subject !== '' && !isCommand(subject) && !Object.hasOwn(edits, subject))
      .map((subject) => `no change is needed in ${subject}`),
  ];
}

/** True for a step that runs a command. */
export function isCommand(subject: string): boolean {
  return /^(?:npm|npx) /.test(subject);
}

/** An edit that inserts a text before the only occurrence of another one. */
export function before(place: string, added: string): (text: string) => string {
  return (text) => {
    const [head, tail, more] = text.split(place);
    if (head === undefined || tail === undefined || more !== undefined) {
      throw new Error(`not exactly once in the file: ${place}`);
    }
    return `${head}${added}${place}${tail}`;
  };
}
