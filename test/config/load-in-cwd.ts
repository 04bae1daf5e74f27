/**
 * Loads the configuration of the working directory like the command line does; run in a process of its own. Code that an import
 * loads runs a moment later, and before the process ends.
 */
import { loadConfig } from '../../src/config/load-config.ts';

const result = await loadConfig({ cwd: process.cwd(), env: {} });
process.stdout.write(`${result?.ok ? result.config.file : JSON.stringify(result)}\n`);
