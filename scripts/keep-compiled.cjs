/**
 * Runs `pdactions list` against the simulated account in a file, and keeps what V8 compiled for it beside the files of the bundle
 * (bin/pdactions.js). After the run and not before: what was called by then is compiled, what was not is not kept.
 *
 *     node scripts/keep-compiled.cjs SANDBOX-FILE
 */
const { writeFileSync } = require('node:fs');
const { load, modules, cacheOf } = require('../bin/pdactions.js');

const [sandboxFile] = process.argv.splice(2);
const { main } = load('dist/main.js');
process.argv.push('list', '--json', '--quiet', `--sandbox=${sandboxFile}`);
main().then(() => {
  for (const [file, { script }] of modules) writeFileSync(cacheOf(file), script.createCachedData());
});
