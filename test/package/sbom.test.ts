/** The bill of materials in dist/: a valid CycloneDX document with exactly the packages of the bundle. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { describe, expect, it } from 'vitest';

const DIST = resolve(import.meta.dirname, '../../dist');
const text = readFileSync(join(DIST, 'sbom.cdx.json'), 'utf8');

interface Component {
  readonly name: string;
  readonly version: string;
  readonly hashes: readonly { readonly content: string }[];
}

describe('the bill of materials', () => {
  const { components } = JSON.parse(text) as { readonly components: readonly Component[] };

  it('is valid by the schema of CycloneDX', async () => {
    const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
    expect(await validator.validate(text)).toBeNull();
    expect(await validator.validate(text.replace('"application"', '"no such type"'))).not.toBeNull();
  });

  it('names the packages whose licences are collected, with the hashes of the lockfile', () => {
    const licences = readFileSync(join(DIST, 'THIRD-PARTY-LICENSES'), 'utf8');
    const named = [...licences.matchAll(/^(\S+) (\d\S*) \(/gm)].map(
      ([, name, version]) => `${name}@${version}`,
    );
    expect(components.map(({ name, version }) => `${name}@${version}`).toSorted()).toEqual(named.toSorted());
    expect(named).toContain('@pagerduty/pdjs@2.2.4');
    for (const { name, hashes } of components) expect(hashes[0]?.content, name).toMatch(/^[0-9a-f]{128}$/);
  });

  it('each package has its copyright and all words of its licence there, though many share the words', () => {
    const wordsOf = (written: string): string => written.toLowerCase().replace(/\s+/g, ' ').trim();
    const collected = readFileSync(join(DIST, 'THIRD-PARTY-LICENSES'), 'utf8').split(`\n${'-'.repeat(78)}\n`);
    for (const { name, version } of components) {
      const folder = resolve(import.meta.dirname, '../../node_modules', name);
      const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
      const own = file === undefined ? '' : readFileSync(join(folder, file), 'utf8');
      const part = collected.find((each) => each.includes(`${name} ${version} (`)) ?? '';
      for (const row of own.split('\n')) expect(wordsOf(part), `${name}: ${row}`).toContain(wordsOf(row));
    }
  });
});
