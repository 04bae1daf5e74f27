import { isObject, type Json, objectOf, objectsOf, textOf } from '../../json-fields.ts';
/**
 * PagerDuty extensions in the output of `terraform show -json`, of a state or of a plan. A plan also names the variables behind a value.
 * The format is Terraform's JSON output, version 1.x; OpenTofu writes the same one. HCL is never parsed.
 */

/** A `pagerduty_extension` as a state has it. Values of headers may be secrets, or redacted by PagerDuty. */
export interface TerraformExtension {
  /** With the keys of its instances: `module.a["x"].pagerduty_extension.restart["y"]`. */
  readonly address: string;
  readonly id: string;
  readonly label: string;
  readonly url: string;
  readonly schemaId: string;
  readonly serviceIds: readonly string[];
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  /** Keys of `config` that are not headers, which a config cannot declare. */
  readonly otherConfig: readonly string[];
}

export interface TerraformVariable {
  readonly name: string;
  /** Empty if only the configuration names it. */
  readonly value: string;
}

export interface TerraformDocument {
  /** The release that wrote it, such as `1.9.5`. */
  readonly version: string;
  readonly extensions: readonly TerraformExtension[];
  /** Addresses of extensions with unknown values. */
  readonly unknown: readonly string[];
  /** Names by id, from resources and data sources. */
  readonly services: ReadonlyMap<string, string>;
  /** Labels of extension schemas by id, from data sources. */
  readonly schemas: ReadonlyMap<string, string>;
  /** The subdomain, from the URLs of services. */
  readonly account: string | null;
  /** Variables with their values, from a plan. */
  readonly variables: readonly TerraformVariable[];
  /** By resource without instance keys: the names of the variables that its `config` refers to. */
  readonly references: ReadonlyMap<string, readonly string[]>;
}

export type TerraformResult =
  | { readonly ok: true; readonly document: TerraformDocument }
  | { readonly ok: false; readonly problem: string; readonly fix: string };

const SHOW =
  'Run `terraform show -json > state.json` in the directory of the configuration, and import that file.';
const refuse = (problem: string, fix = SHOW): TerraformResult => ({ ok: false, problem, fix });

/** The address of a resource without the keys of its instances, as `removed` blocks and the configuration name it. */
export function withoutKeys(address: string): string {
  return address.replace(/\["(?:[^"\\]|\\.)*"\]|\[\d+\]/g, '');
}

/** Parses the output of `terraform show -json`. */
export function readTerraform(text: string): TerraformResult {
  if (text.trim() === '') return refuse('it is empty');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return refuse(/^\s*[{[]/.test(text) ? 'it is truncated, or is not JSON' : 'it is not JSON');
  }
  if (!isObject(json)) return refuse('it is not a JSON object');
  if (typeof json.format_version !== 'string') return refuseOther(json);
  if (!/^[01]\./.test(json.format_version)) {
    return refuse(
      `its format ${json.format_version} is newer than this version of pdactions supports`,
      'Update pdactions.',
    );
  }
  // A plan lists existing resources as its prior state; new ones have no ids yet.
  const prior = objectOf(objectOf(json, 'prior_state'), 'values');
  const values = Object.keys(prior).length > 0 ? prior : objectOf(json, 'values');
  const planned = objectOf(json, 'planned_values');
  if (Object.keys(values).length === 0 && Object.keys(planned).length === 0) {
    return refuse(
      'it contains no resources',
      'Run `terraform init` and `terraform show -json` in the directory of the configuration.',
    );
  }
  return { ok: true, document: documentOf(json, values, planned) };
}

/** Other files that users may have passed by mistake. */
function refuseOther(json: Json): TerraformResult {
  if (typeof json.lineage === 'string' && typeof json.version === 'number') {
    return refuse('it is a raw state file, in a format private to Terraform');
  }
  if ('deployment' in json || 'checkpoint' in json) {
    return refuse('it is a Pulumi state', 'Use `pdactions export` instead, which reads the account.');
  }
  if ('StackId' in json || 'Resources' in json) {
    return refuse(
      'it is a CloudFormation template or stack',
      'Use `pdactions export` instead, which reads the account.',
    );
  }
  return refuse('it is not the output of `terraform show -json`');
}

function documentOf(json: Json, values: Json, planned: Json): TerraformDocument {
  const resources = resourcesIn(objectOf(values, 'root_module'));
  const ofType = (type: string): Json[] =>
    resources.filter((resource) => resource.type === type).map((resource) => objectOf(resource, 'values'));
  const known = resources.filter(
    (resource) => resource.type === 'pagerduty_extension' && resource.mode !== 'data',
  );
  const extensions = known.flatMap((resource) => extensionOf(resource) ?? []);
  const complete = new Set(extensions.map(({ address }) => address));
  const coming = resourcesIn(objectOf(planned, 'root_module')).filter(
    (resource) => resource.type === 'pagerduty_extension',
  );
  return {
    version: textOf(json, 'terraform_version'),
    extensions,
    unknown: [...new Set([...known, ...coming].map((resource) => textOf(resource, 'address')))].filter(
      (address) => !complete.has(address),
    ),
    services: new Map(
      ofType('pagerduty_service').map((entry) => [textOf(entry, 'id'), textOf(entry, 'name')]),
    ),
    schemas: new Map(
      ofType('pagerduty_extension_schema').map((entry) => [textOf(entry, 'id'), textOf(entry, 'name')]),
    ),
    account:
      ofType('pagerduty_service')
        .map((entry) => accountIn(textOf(entry, 'html_url')))
        .find((name) => name !== null) ?? null,
    variables: Object.entries(objectOf(json, 'variables')).flatMap(([name, variable]) => {
      const value = isObject(variable) ? variable.value : undefined;
      return typeof value === 'string' ? [{ name, value }] : [];
    }),
    references: referencesIn(objectOf(objectOf(json, 'configuration'), 'root_module')),
  };
}

/** All resources of a module and its submodules. */
function resourcesIn(module: Json): Json[] {
  return [...objectsOf(module, 'resources'), ...objectsOf(module, 'child_modules').flatMap(resourcesIn)];
}

function extensionOf(resource: Json): TerraformExtension | undefined {
  const values = objectOf(resource, 'values');
  const [address, id] = [textOf(resource, 'address'), textOf(values, 'id')];
  if (address === '' || id === '') return undefined;
  const config = configOf(values.config);
  const headers = objectsOf(config, 'headers').map((header) => ({
    name: textOf(header, 'name'),
    value: textOf(header, 'value'),
  }));
  return {
    address,
    id,
    label: textOf(values, 'name'),
    url: textOf(values, 'endpoint_url'),
    schemaId: textOf(values, 'extension_schema'),
    serviceIds: Array.isArray(values.extension_objects)
      ? values.extension_objects.filter((object) => typeof object === 'string')
      : [],
    headers: headers.filter(({ name }) => name !== ''),
    otherConfig: Object.keys(config).filter((key) => key !== 'headers' && key !== 'referer'),
  };
}

/** `config` is JSON inside a string. */
function configOf(text: unknown): Json {
  try {
    const parsed: unknown = typeof text === 'string' && text !== '' ? JSON.parse(text) : {};
    return isObject(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

/** The variables that the `config` of each resource refers to, through all modules. */
function referencesIn(module: Json, path = ''): Map<string, readonly string[]> {
  const references = new Map<string, readonly string[]>();
  for (const resource of objectsOf(module, 'resources')) {
    const config = objectOf(objectOf(resource, 'expressions'), 'config');
    const names = (Array.isArray(config.references) ? config.references : []).flatMap((reference) =>
      typeof reference === 'string' ? (/^var\.([\w-]+)/.exec(reference)?.[1] ?? []) : [],
    );
    references.set(`${path}${textOf(resource, 'address')}`, [...new Set(names)]);
  }
  for (const [name, call] of Object.entries(objectOf(module, 'module_calls'))) {
    const below = isObject(call) ? objectOf(call, 'module') : {};
    for (const [address, names] of referencesIn(below, `${path}module.${name}.`))
      references.set(address, names);
  }
  return references;
}

/** The subdomain in `https://acme.pagerduty.com/…` or `https://acme.eu.pagerduty.com/…`. */
function accountIn(address: string): string | null {
  return /^https:\/\/([a-z0-9-]+)\.(?:eu\.)?pagerduty\.com(?:\/|$)/.exec(address)?.[1] ?? null;
}
