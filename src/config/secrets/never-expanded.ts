import { isCredentialKind } from './credential-kinds.ts';

/**
 * Environment variables that no configuration file can read, whatever it contains (T25): this tool's own token, and the usual
 * credentials of CI systems, clouds and package registries. A file in a pull request could otherwise send them to its author with the
 * first press of a button.
 *
 * Compared without regard to case. An entry that ends in `*` is a prefix.
 */
export const NEVER_EXPANDED: readonly string[] = [
  // PagerDuty and this tool
  'PAGERDUTY_*',
  'PD_API_KEY',
  'PD_API_TOKEN',
  'PD_CLIENT_SECRET',
  'PD_TOKEN',
  'PDACTIONS_*',
  // CI systems
  'ACTIONS_*',
  'APPVEYOR_API_TOKEN',
  'BITBUCKET_STEP_OIDC_TOKEN',
  'BITBUCKET_TOKEN',
  'BUILDKITE_AGENT_*',
  'BUILDKITE_API_TOKEN',
  'CIRCLE_API_TOKEN',
  'CIRCLE_OIDC_*',
  'CIRCLE_TOKEN',
  'CI_BUILD_TOKEN',
  'CI_DEPENDENCY_PROXY_PASSWORD',
  'CI_DEPLOY_PASSWORD',
  'CI_JOB_JWT*',
  'CI_JOB_TOKEN',
  'CI_REGISTRY_PASSWORD',
  'CI_REPOSITORY_URL',
  'CODECOV_TOKEN',
  'CR_PAT',
  'DRONE_TOKEN',
  'GHCR_TOKEN',
  'GH_ENTERPRISE_TOKEN',
  'GH_PAT',
  'GH_TOKEN',
  'GITEA_TOKEN',
  'GITHUB_API_TOKEN',
  'GITHUB_APP_PRIVATE_KEY',
  'GITHUB_APP_TOKEN',
  'GITHUB_ENTERPRISE_TOKEN',
  'GITHUB_OAUTH_TOKEN',
  'GITHUB_PAT',
  'GITHUB_TOKEN',
  'GITLAB_TOKEN',
  'JENKINS_API_TOKEN',
  'RENOVATE_TOKEN',
  'RUNNER_TOKEN',
  'SEMAPHORE_API_TOKEN',
  'SENTRY_AUTH_TOKEN',
  'SNYK_TOKEN',
  'SONAR_TOKEN',
  'SYSTEM_ACCESSTOKEN',
  'TRAVIS_API_TOKEN',
  // Clouds and infrastructure
  'ALIBABA_CLOUD_ACCESS_KEY_SECRET',
  'ALICLOUD_SECRET_KEY',
  'ALL_PROXY',
  'ANTHROPIC_API_KEY',
  'ARM_ACCESS_KEY',
  'ARM_CLIENT_*',
  'ARM_OIDC_*',
  'ARM_SAS_TOKEN',
  'AWS_ACCESS_KEY_ID',
  'AWS_CONTAINER_*',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SECURITY_TOKEN',
  'AWS_SESSION_TOKEN',
  'AWS_WEB_IDENTITY_*',
  'AZURE_CLIENT_*',
  'AZURE_CREDENTIALS',
  'AZURE_DEVOPS_EXT_PAT',
  'AZURE_STORAGE_*',
  'CF_API_*',
  'CLOUDFLARE_API_*',
  'CLOUDSDK_AUTH_*',
  'CONSUL_HTTP_TOKEN',
  'DATABASE_URL',
  'DIGITALOCEAN_ACCESS_TOKEN',
  'DIGITALOCEAN_TOKEN',
  'FLY_API_TOKEN',
  'GCP_SA_KEY',
  'GOOGLE_APPLICATION_CREDENTIALS',
  'GOOGLE_CREDENTIALS',
  'GOOGLE_OAUTH_ACCESS_TOKEN',
  'HCLOUD_TOKEN',
  'HEROKU_API_KEY',
  'HTTPS_PROXY',
  'HTTP_PROXY',
  'IBMCLOUD_API_KEY',
  'KUBECONFIG',
  'KUBE_TOKEN',
  'LINODE_TOKEN',
  'MYSQL_PWD',
  'NETLIFY_AUTH_TOKEN',
  'NOMAD_TOKEN',
  'OCI_CLI_*',
  'OPENAI_API_KEY',
  'PGPASSWORD',
  'PULUMI_ACCESS_TOKEN',
  'PULUMI_CONFIG_PASSPHRASE',
  'SCW_SECRET_KEY',
  'TFE_TOKEN',
  'TF_API_TOKEN',
  'TF_TOKEN_*',
  'VERCEL_TOKEN',
  // Secret stores
  'BWS_ACCESS_TOKEN',
  'DOPPLER_TOKEN',
  'INFISICAL_TOKEN',
  'OP_SERVICE_ACCOUNT_TOKEN',
  'OP_SESSION_*',
  'SOPS_AGE_KEY*',
  'VAULT_*',
  // Registries, signing and shells
  'ARTIFACTORY_API_KEY',
  'CARGO_REGISTRY_TOKEN',
  'COSIGN_*',
  'DOCKERHUB_*',
  'DOCKER_AUTH_CONFIG',
  'DOCKER_PASSWORD',
  'DOCKER_TOKEN',
  'GEM_HOST_API_KEY',
  'GPG_PASSPHRASE',
  'GPG_PRIVATE_KEY',
  'HOMEBREW_GITHUB_API_TOKEN',
  'JFROG_ACCESS_TOKEN',
  'MAVEN_GPG_PASSPHRASE',
  'NODE_AUTH_TOKEN',
  'NPM_AUTH_TOKEN',
  'NPM_CONFIG_*',
  'NPM_TOKEN',
  'NUGET_API_KEY',
  'ORG_GRADLE_PROJECT_*',
  'PYPI_API_TOKEN',
  'PYPI_TOKEN',
  'RUBYGEMS_API_KEY',
  'SSH_AUTH_SOCK',
  'SSH_PRIVATE_KEY',
  'TWINE_PASSWORD',
  'YARN_NPM_AUTH_TOKEN',
];

let pattern: RegExp | undefined;

/** Permission to read a variable: for any config, only if the operator allows it by name (T57), or never. */
export type Access = 'free' | 'by name' | 'never';

/** The permission of a config to read a variable, by its name alone. */
export function accessTo(name: string): Access {
  if (isNeverExpanded(name)) return 'never';
  return isCredentialKind(name) ? 'by name' : 'free';
}

/** True for a variable that no configuration file can read. */
export function isNeverExpanded(name: string): boolean {
  pattern ??= new RegExp(
    `^(?:${NEVER_EXPANDED.map((entry) => entry.replaceAll('*', '.*')).join('|')})$`,
    'i',
  );
  return pattern.test(name);
}
