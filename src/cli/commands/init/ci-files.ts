/** Which files `init --ci` writes: the tested examples of docs/ci, at the places where each system looks for them. */
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
