#!/usr/bin/env node
/**
 * Starts the bundle, with what V8 has kept of compiling it. Compiling takes longer than most commands do, and Node 20 offers programs no
 * cache for it (`module.enableCompileCache` came with 22, and keeps its cache outside the package, where others may be able to write).
 *
 * The build leaves a cache beside each file that `list` loads, named after the V8 that made it. Any other V8, or one with other flags,
 * does not find it or does not take it, and compiles as usual: the program is the same either way.
 */
const { readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { Script } = require('node:vm');

const ROOT = dirname(__dirname);

/** As Node passes them to a CommonJS module. */
const PARAMETERS = 'exports, require, module, __filename, __dirname';

/** What is loaded, by its path below the root: that is what goes into the cache, and the folder of whoever built it does not. */
const modules = new Map();

/** As `require`, for one file of the bundle and for what that one requires. */
function load(file) {
  const known = modules.get(file);
  if (known) return known.exports;
  const path = join(ROOT, file);
  const script = new Script(`(function (${PARAMETERS}) {${readFileSync(path, 'utf8')}\n})`, {
    filename: file,
    cachedData: cached(file),
  });
  const module = { exports: {}, script };
  modules.set(file, module);
  const requireFrom = (id) => (id.startsWith('.') ? load(join(dirname(file), id)) : require(id));
  script.runInThisContext()(module.exports, requireFrom, module, path, dirname(path));
  return module.exports;
}

function cached(file) {
  try {
    return readFileSync(cacheOf(file));
  } catch {
    return undefined;
  }
}

/** Where the cache of a file is. */
function cacheOf(file) {
  return join(ROOT, `${file}.v8-${process.versions.v8}`);
}

/** Off a terminal the help is always the same, so the build has written it down: making it takes twice as long as starting Node. */
function giveHelp({ stdout, stderr }) {
  // Where nothing can be said, the exit code has to do.
  stderr.on('error', () => undefined);
  stdout.on('error', ({ code, message }) => {
    if (code === 'EPIPE') return;
    stderr.write(`pdactions: standard output could not be written (${message})\n`);
    process.exitCode = 9;
  });
  stdout.write(readFileSync(join(ROOT, 'dist/help.txt')));
}

/** `--help` and nothing else, and nobody who would see colours. */
function wantsHelp({ argv, stdout, stderr }) {
  return argv.length === 3 && argv[2] === '--help' && !stdout.isTTY && !stderr.isTTY;
}

// In one file with the rest, as finding another one costs a short command a millisecond. The build only loads it.
if (require.main !== module) module.exports = { load, modules, cacheOf };
else if (wantsHelp(process)) giveHelp(process);
else load('dist/main.js').main();
