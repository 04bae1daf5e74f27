/** Problems of a config as annotations on its lines, in GitHub's views of a run and of a pull request. */
import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { Problem } from '../../../errors.ts';
import type { Io } from '../../io.ts';
import { place } from '../error.ts';

/** GitHub shows at most ten annotations of one level from one step, and silently drops the others. */
const MOST_SHOWN = 10;

const TITLE = 'pdactions';

/** The base folders of file names: the working directory for problems, the workspace for annotations. */
export interface AnnotationPlace {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Writes the problems as annotations; does nothing outside GitHub Actions. */
export function annotateProblems(
  io: Pick<Io, 'annotate'>,
  problems: readonly Problem[],
  level: 'error' | 'warning',
  where: AnnotationPlace,
): void {
  const left = problems.length - MOST_SHOWN;
  const shown = left > 0 ? problems.slice(0, MOST_SHOWN - 1) : problems;
  for (const problem of shown) {
    const { line, column, path, message, fix } = problem;
    const file = fileInWorkspace(problem.file, where);
    const text = `${path === '' ? '' : `${path}: `}${message}${fix === undefined ? '' : `\n${fix}`}`;
    if (file === undefined) io.annotate({ level, title: TITLE, message: `${place(problem)}: ${text}` });
    else io.annotate({ level, title: TITLE, file, line, column, message: text });
  }
  if (left > 0) {
    const message = `${left + 1} more of the config's ${level}s are in the log`;
    io.annotate({ level, title: TITLE, message });
  }
}

/** The file's path on GitHub; undefined outside the workspace, where GitHub could not show it. */
function fileInWorkspace(file: string, { cwd, env }: AnnotationPlace): string | undefined {
  const workspace = env.GITHUB_WORKSPACE || cwd;
  const path = relative(resolve(workspace), resolve(cwd, file));
  if (path === '' || path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path)) return undefined;
  return path.split(sep).join('/');
}
