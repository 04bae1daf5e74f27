/**
 * Tests of what can differ from release to release of Node, for `scripts/test-on-nodes.mjs`. Pull requests run both lanes on each release.
 */
import { defineConfig } from 'vitest/config';
import base, { ELSEWHERE, SAMPLE, SLOW } from './vitest.config.ts';

/** Connections, servers, child processes, terminals, files, addresses and Unicode. Most commands and all plans are the same on each. */
const CAN_DIFFER = [
  'test/{core,lib,pagerduty,receiver,sandbox,tester,ui}/**/*.test.ts',
  'test/abuse/{files,planted-links,protection}.test.ts',
  'test/cli/{auth,commands,doctor,errors,interactive,long-matching,make-folder,oauth,open,options}.test.ts',
  'test/cli/{press,proxy,time-limit,token,watch,write-file}.test.ts',
  'test/config/{check-url,files,load-config}.test.ts',
  'test/package/start.test.ts',
  'test/{in-parallel,ip-version,main,parse-url}.test.ts',
];

const { projects: _, ...shared } = base.test ?? {};
export default defineConfig({
  test: {
    ...shared,
    include: CAN_DIFFER,
    exclude: [...ELSEWHERE, ...SLOW],
    env: { ...shared.env, PDACTIONS_RUNS: process.env.PDACTIONS_RUNS ?? SAMPLE },
  },
});
