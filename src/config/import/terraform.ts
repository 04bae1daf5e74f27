/** Makes a config from Terraform's actions, and the blocks or commands that release them from its state. Pure. */
import type { LiveAction, Service } from '../../core/action.ts';
import { compareText } from '../../core/live.ts';
import { isRedacted } from '../../core/same/redacted.ts';
import { type Exported, exportConfig } from '../export/export.ts';
import { accessTo } from '../secrets/never-expanded.ts';
import { type TerraformDocument, type TerraformExtension, withoutKeys } from './terraform-json.ts';

export interface Imported {
  readonly exported: Exported;
  /** Makes Terraform forget the imported actions without deleting them: blocks for its configuration, or commands. */
  readonly release: { readonly kind: 'blocks' | 'commands'; readonly text: string };
  /** Resources that are not imported, with the reason. */
  readonly stays: readonly { readonly address: string; readonly why: string }[];
  /** Every value that may be a secret; the config contains none of them. */
  readonly secrets: readonly string[];
}

/** The label of the schema of custom incident actions (fact 4); the data source matches it in any case. */
const SCHEMA_LABEL = 'custom incident action';

/** The text that may precede the variable in a value. Anything else might be half a secret. */
const SCHEMES = /^(?:|Bearer |Basic |Token |Token token=|ApiKey )$/i;

/** Shorter values of variables occur in too many places by chance. */
const SHORTEST = 6;

/**
 * Imports the custom incident actions of a state or plan.
 * @param redact makes variables also of values in URLs that look secret
 * @param isAction true if the id is an action's, for schemas that the document does not name; undefined if unknown
 */
export function importTerraform(
  document: TerraformDocument,
  isAction?: (id: string) => boolean,
  redact?: boolean,
): Imported {
  const judged = document.extensions.map((extension) => ({
    extension,
    why: objectionTo(extension, document, isAction),
  }));
  const wanted = judged.flatMap(({ extension, why }) => (why === undefined ? [extension] : []));
  const services = servicesOf(wanted, document);
  const byId = new Map(wanted.map((extension) => [extension.id, extension]));
  const exported = exportConfig(document.account, services, services, wanted.map(asLive), {
    // The document contains only its own services, so a pattern might match others.
    named: true,
    redact,
    headerText: ({ id }, name) => headerText(byId.get(id), name, document),
  });
  return {
    exported,
    release: releaseOf(wanted, document.version),
    stays: [
      ...judged.flatMap(({ extension: { address }, why }) => (why === undefined ? [] : [{ address, why }])),
      ...document.unknown.map((address) => ({
        address,
        why: 'its values are known only after the next apply',
      })),
    ],
    secrets: [
      ...document.extensions.flatMap(({ headers }) => headers.map(({ value }) => value)),
      ...document.variables.map(({ value }) => value),
    ].filter((value) => value !== '' && !isRedacted(value)),
  };
}

function objectionTo(
  { id, schemaId, serviceIds, url, otherConfig }: TerraformExtension,
  { schemas }: TerraformDocument,
  isAction: ((id: string) => boolean) | undefined,
): string | undefined {
  const label = schemas.get(schemaId);
  const isCustom = label === undefined ? isAction?.(id) : label.toLowerCase() === SCHEMA_LABEL;
  if (isCustom === undefined) {
    return `the file does not name its schema ${schemaId}; to look it up in the account, set a token or pass \`--sandbox\``;
  }
  if (!isCustom)
    return label === undefined ? 'it is not a custom incident action' : `it has another schema (${label})`;
  if (serviceIds.length !== 1)
    return `it is on ${serviceIds.length} services, but PagerDuty allows exactly one`;
  if (url === '') return 'it has no endpoint_url';
  return otherConfig.length > 0
    ? `its config contains more than headers (${otherConfig.join(', ')})`
    : undefined;
}

/** The name if the file has one, otherwise an empty one, for which the export writes `id:…`. */
function servicesOf(extensions: readonly TerraformExtension[], { services }: TerraformDocument): Service[] {
  const ids = new Set(extensions.flatMap(({ serviceIds }) => serviceIds));
  return [...ids].map((id) => ({ id, name: services.get(id) ?? '', teamIds: [], htmlUrl: null }));
}

function asLive({ id, label, url, serviceIds, headers }: TerraformExtension): LiveAction {
  return {
    id,
    label,
    url,
    services: serviceIds.map((service) => ({ id: service, name: null })),
    headerNames: headers.map(({ name }) => name),
    disabled: null,
    htmlUrl: null,
  };
}

/**
 * The value of a header as a config writes it, if the plan shows its composition: one variable, preceded by nothing except
 * an authentication scheme. Undefined if that is uncertain; the export then makes a variable of the whole value.
 */
function headerText(
  extension: TerraformExtension | undefined,
  name: string,
  { variables, references }: TerraformDocument,
): { readonly text: string; readonly variable: string } | undefined {
  const value = extension?.headers.find((header) => header.name === name)?.value;
  if (extension === undefined || value === undefined) return undefined;
  const referred = references.get(withoutKeys(extension.address)) ?? [];
  if (isRedacted(value)) {
    // The text around the variable cannot be read; with one header and one variable, at least its name is certain.
    const [only, ...others] = referred;
    const isCertain = only !== undefined && others.length === 0 && extension.headers.length === 1;
    return isCertain ? { text: `\${${nameFor(only)}}`, variable: nameFor(only) } : undefined;
  }
  const used = variables
    .filter((variable) => variable.value.length >= SHORTEST && value.endsWith(variable.value))
    .find((variable) => SCHEMES.test(value.slice(0, -variable.value.length)));
  if (!used) return undefined;
  return {
    text: `${value.slice(0, -used.value.length)}\${${nameFor(used.name)}}`,
    variable: nameFor(used.name),
  };
}

/** `automation_token` becomes AUTOMATION_TOKEN; a name that a config may not read by default is replaced (T25, T57). */
function nameFor(variable: string): string {
  const name = variable.toUpperCase().replaceAll('-', '_');
  return accessTo(name) === 'free' ? name : `BUTTON_${name}`;
}

/** `removed` blocks came with 1.7; before that, commands edit the state. */
function releaseOf(extensions: readonly TerraformExtension[], version: string): Imported['release'] {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 1 || (major === 1 && minor >= 7)) {
    const resources = [...new Set(extensions.map(({ address }) => withoutKeys(address)))].toSorted(
      compareText,
    );
    const block = (address: string): string =>
      `removed {\n  from = ${address}\n  lifecycle {\n    destroy = false\n  }\n}\n`;
    return { kind: 'blocks', text: resources.map(block).join('\n') };
  }
  const addresses = extensions.map(({ address }) => address).toSorted(compareText);
  const quoted = (address: string): string => `'${address.replaceAll("'", `'\\''`)}'`;
  return {
    kind: 'commands',
    text: addresses.map((address) => `terraform state rm ${quoted(address)}\n`).join(''),
  };
}
