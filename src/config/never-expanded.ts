/**
 * Environment variables that no configuration file can read, whatever it says (T25): this tool's own token, and the usual
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
  'BITBUCKET_STEP_OIDC_TOKEN',
  'BUILDKITE_AGENT_*',
  'CIRCLE_OIDC_*',
  'CIRCLE_TOKEN',
  'CI_BUILD_TOKEN',
  'CI_DEPENDENCY_PROXY_PASSWORD',
  'CI_DEPLOY_PASSWORD',
  'CI_JOB_JWT*',
  'CI_JOB_TOKEN',
  'CI_REGISTRY_PASSWORD',
  'CI_REPOSITORY_URL',
  'DRONE_TOKEN',
  'GH_ENTERPRISE_TOKEN',
  'GH_PAT',
  'GH_TOKEN',
  'GITHUB_ENTERPRISE_TOKEN',
  'GITHUB_PAT',
  'GITHUB_TOKEN',
  'GITLAB_TOKEN',
  'JENKINS_API_TOKEN',
  'RUNNER_TOKEN',
  'SYSTEM_ACCESSTOKEN',
  'TRAVIS_API_TOKEN',
  // Clouds and infrastructure
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
  'CLOUDFLARE_API_*',
  'CLOUDSDK_AUTH_*',
  'CONSUL_HTTP_TOKEN',
  'DIGITALOCEAN_ACCESS_TOKEN',
  'DIGITALOCEAN_TOKEN',
  'GCP_SA_KEY',
  'GOOGLE_APPLICATION_CREDENTIALS',
  'GOOGLE_CREDENTIALS',
  'GOOGLE_OAUTH_ACCESS_TOKEN',
  'HCLOUD_TOKEN',
  'HEROKU_API_KEY',
  'KUBECONFIG',
  'KUBE_TOKEN',
  'NOMAD_TOKEN',
  'TFE_TOKEN',
  'TF_API_TOKEN',
  'TF_TOKEN_*',
  // Secret stores
  'BWS_ACCESS_TOKEN',
  'DOPPLER_TOKEN',
  'INFISICAL_TOKEN',
  'OP_SERVICE_ACCOUNT_TOKEN',
  'OP_SESSION_*',
  'SOPS_AGE_KEY*',
  'VAULT_*',
  // Registries, signing and shells
  'CARGO_REGISTRY_TOKEN',
  'DOCKERHUB_*',
  'DOCKER_AUTH_CONFIG',
  'DOCKER_PASSWORD',
  'GPG_PASSPHRASE',
  'GPG_PRIVATE_KEY',
  'NODE_AUTH_TOKEN',
  'NPM_AUTH_TOKEN',
  'NPM_CONFIG_*',
  'NPM_TOKEN',
  'PYPI_API_TOKEN',
  'PYPI_TOKEN',
  'SSH_AUTH_SOCK',
  'SSH_PRIVATE_KEY',
  'TWINE_PASSWORD',
];

let pattern: RegExp | undefined;

/** True for a variable that no configuration file can read. */
export function isNeverExpanded(name: string): boolean {
  pattern ??= new RegExp(
    `^(?:${NEVER_EXPANDED.map((entry) => entry.replaceAll('*', '.*')).join('|')})$`,
    'i',
  );
  return pattern.test(name);
}
