/** Which files `init --ci` writes: the tested examples of docs/ci, at the places where each system looks for them. */
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

/** The one line of the examples that holds the variables of the config. */
const ALLOWED = /(\bPDACTIONS_ALLOW_ENV(?:: |=))AUTOMATION_TOKEN$/gm;

/**
 * The files for the given systems.
 * @param variables the names that the config refers to, for `PDACTIONS_ALLOW_ENV`; none: those of the examples
 */
export function ciFiles(
  systems: readonly CiSystem[],
  variables: readonly string[],
): Promise<{ path: string; text: string }[]> {
  const names = variables.join(',');
  const withNames = (text: string): string =>
    names === '' ? text : text.replace(ALLOWED, (_, before: string) => before + names);
  return Promise.all(
    systems
      .flatMap((system) => CI_FILES[system].files)
      .map(async ({ path, source }) => ({ path, text: withNames(await packageFile(source)) })),
  );
}
