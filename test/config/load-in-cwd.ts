/** Loads the configuration of the working directory, as the command line does; run in a process of its own. */
import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '../../src/config/load-config.ts';

const result = await loadConfig({ cwd: process.cwd(), env: {} });
// Code that was loaded by an import runs a moment later.
await sleep(300);
process.stdout.write(`${result?.ok ? result.config.file : JSON.stringify(result)}\n`);
