import type { SeedInput } from '../../src/sandbox/seed/seed.ts';
import { testSandbox } from '../helpers/in-process.ts';
import { createMemoryStore } from '../helpers/memory-store.ts';
import { sandboxStore } from '../helpers/sandbox-store.ts';
import { describeStore } from './store.contract.ts';

describeStore('the API store on the sandbox', async (account) =>
  sandboxStore(await testSandbox({ seed: account as SeedInput })),
);

describeStore('the store in memory', createMemoryStore);
