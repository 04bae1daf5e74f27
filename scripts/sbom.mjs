/** The bill of materials of the bundle, in the format of CycloneDX: the bundled packages with their hashes from the lockfile. */
import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/**
 * A CycloneDX 1.6 document. It has neither a time nor a serial number: the same bundle has the same document.
 * @param {string} root the project's folder
 * @param {readonly string[]} folders the folders of the bundled packages, below `root`
 */
export function billOfMaterials(root, folders) {
  const lock = readJson(join(root, 'package-lock.json'));
  const { name, version, license } = readJson(join(root, 'package.json'));
  const own = component('application', { name, version, license });
  // `node_modules` may be a link; the bundler resolves it.
  const home = dirname(realpathSync(join(root, 'node_modules')));
  const parts = folders.map((folder) => {
    const locked = lock.packages[relative(home, folder).replaceAll('\\', '/')];
    return {
      ...component('library', readJson(join(folder, 'package.json'))),
      hashes: hashes(locked?.integrity),
    };
  });
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: own },
    components: parts,
    dependencies: [{ ref: own['bom-ref'], dependsOn: parts.map((part) => part['bom-ref']) }],
  };
}

function component(type, { name, version, license }) {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  return { type, 'bom-ref': purl, name, version, purl, licenses: [{ license: { id: license } }] };
}

/** From `sha512-BASE64`, as npm writes it, to the hexadecimal form of CycloneDX. */
function hashes(integrity) {
  const found = /^sha512-(.+)$/.exec(integrity ?? '');
  return found ? [{ alg: 'SHA-512', content: Buffer.from(found[1], 'base64').toString('hex') }] : [];
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
