/** The files that `init --ci` writes: the tested examples of docs/ci, at the paths where each system looks for them. */
import { packageFile } from '../../files/package-file.ts';

export type CiSystem = 'github' | 'gitlab' | 'circleci' | 'shell';

export interface CiFiles {
  readonly name: string;
  /** `source` is the path inside the package. */
  readonly files: readonly { readonly path: string; readonly source: string }[];
}

export const CI_FILES: Readonly<Record<CiSystem, CiFiles>> = {
  github: {
    name: 'GitHub Actions',
    files: ['plan', 'apply', 'drift'].map((part) => ({
      path: `.github/workflows/pagerduty-${part}.yml`,
      source: `docs/ci/github-${part}.yml`,
    })),
  },
  gitlab: { name: 'GitLab CI', files: [{ path: '.gitlab-ci.yml', source: 'docs/ci/gitlab-ci.yml' }] },
  circleci: { name: 'CircleCI', files: [{ path: '.circleci/config.yml', source: 'docs/ci/circleci.yml' }] },
  shell: { name: 'a shell script', files: [{ path: 'pdactions.sh', source: 'docs/ci/pdactions.sh' }] },
};

/** The facts that the files are adapted to. */
export interface CiFacts {
  /** The names that the config refers to; if none, those of the examples. */
  readonly variables: readonly string[];
  /** The variables in URLs, whose values a plan needs. */
  readonly urlVariables: readonly string[];
  /** The default branch of the repository, if known. */
  readonly branch?: string | undefined;
}

/** The list of variables in the examples. */
const ALLOWED = /(\bPDACTIONS_ALLOW_ENV(?:: |=))AUTOMATION_TOKEN$/gm;

/** Each line of the examples that sets the variable, or explains it. */
const SET = /^(?!.*PDACTIONS_ALLOW_ENV).*\bAUTOMATION_TOKEN\b.*\n/gm;

/** A mapping without any entries left, with its comments. */
const EMPTY = /^( *)(variables|environment):\n((?:\1 +#.*\n)*)(?!\1 )/gm;

/** The files for the given systems, with the variables of the config in every job and the branch of the repository. */
export function ciFiles(
  systems: readonly CiSystem[],
  facts: CiFacts,
): Promise<{ path: string; text: string }[]> {
  return Promise.all(
    systems.flatMap((system) =>
      CI_FILES[system].files.map(async ({ path, source }) => ({
        path,
        text: withBranch(withVariables(await packageFile(source), facts, system), facts.branch),
      })),
    ),
  );
}

function withBranch(text: string, branch = 'main'): string {
  if (branch === 'main') return text;
  return text
    .replace('branches: [main]', `branches: [${branch}]`)
    .replace(/only: main$/gm, `only: ${branch}`);
}

function withVariables(text: string, { variables, urlVariables }: CiFacts, system: CiSystem): string {
  if (variables.length === 0) return text;
  return text
    .replace(ALLOWED, (_, before: string) => before + variables.join(','))
    .replace(SET, (row) => variables.map((name) => setting(row, name, urlVariables, system)).join(''))
    .replace(EMPTY, '$1$2: {}\n$3');
}

/** One line for one variable. A job that plans reads the value of a URL from the system's settings. */
function setting(row: string, name: string, inUrls: readonly string[], system: CiSystem): string {
  const setRow = row.replaceAll('AUTOMATION_TOKEN', name);
  if (!inUrls.includes(name) || !setRow.includes('not-needed')) return setRow;
  return system === 'github' ? setRow.replace(/not-needed\S*/, `\${{ secrets.${name} }}`) : '';
}
