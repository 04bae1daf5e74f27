/** Starts the longest tests first, so that no worker runs one of them alone at the end. */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Without durations of an earlier run, as in CI, vitest starts with the largest files. These take longer than those. */
const LONGEST = [
  'test/converge/converge.test.ts',
  'test/recipes/recipes.test.ts',
  'test/crash/',
  'test/receiver/built-endings.test.ts',
  'test/receiver/built-notes.test.ts',
  'test/faults/',
  'test/scripts/scripts.test.ts',
  'test/receiver/binary.test.ts',
  'test/package/library.test.ts',
  'test/receiver/abuse.test.ts',
  'test/cli/auth.test.ts',
  'test/package/start.test.ts',
  'test/cli/proxy.test.ts',
  'test/ui/prompter.test.ts',
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other));
  }
}

function rank({ moduleId }: TestSpecification): number {
  const found = LONGEST.findIndex((path) => moduleId.includes(`/${path}`));
  return found < 0 ? LONGEST.length : found;
}
