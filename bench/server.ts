/** A sandbox that stores nothing on disk, so that only the program is measured: `server.ts SEED-FILE`. */
import { readFileSync } from 'node:fs';
import { startSandbox } from '../src/sandbox/sandbox.ts';
import { parseSeed } from '../src/sandbox/seed/seed.ts';

const [file = ''] = process.argv.slice(2);
const { url, token, controlToken } = await startSandbox({ seed: parseSeed(readFileSync(file, 'utf8')) });
process.stdout.write(`${JSON.stringify({ url, token, controlToken }, null, 2)}\n`);
