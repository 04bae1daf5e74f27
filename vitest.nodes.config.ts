/**
 * What can differ from release to release of Node, for `scripts/test-on-nodes.mjs`: the fast lane, and the start of the program, its child
 * processes, and connections through proxies.
 */
import { defineConfig } from 'vitest/config';
import base, { ELSEWHERE, SAMPLE, SLOW } from './vitest.config.ts';

/** The same on each release: for pull requests, which have a machine for each. */
const OF_ANY_NODE = [
  'test/{ci,contract,core,engine,faults,fuzz}/**',
  'test/{code-of,docs,english,generated,house,nearest,signs}.test.ts',
];

const { projects: _, ...shared } = base.test ?? {};
export default defineConfig({
  test: {
    ...shared,
    include: ['test/**/*.test.ts'],
    exclude: [...ELSEWHERE, ...SLOW, ...OF_ANY_NODE],
    env: { ...shared.env, PDACTIONS_RUNS: process.env.PDACTIONS_RUNS ?? SAMPLE },
  },
});
