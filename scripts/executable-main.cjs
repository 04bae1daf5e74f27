/** The main script of the single executable: runs the published bundle, read from the executable instead of a folder. */
const { getAsset } = require('node:sea');
const { dirname, join } = require('node:path').posix;
const { compileFunction } = require('node:vm');

const modules = new Map();

/** Like `require`, for one file of the bundle and the files it requires. */
function load(path) {
  const known = modules.get(path);
  if (known) return known.exports;
  const module = { exports: {} };
  modules.set(path, module);
  const requireFrom = (id) => (id.startsWith('.') ? load(join(dirname(path), id)) : require(id));
  // A name for messages, and for the one place that needs a path without a file (`config/find/load.ts`).
  const filename = join(`${process.execPath}.bundle`, path);
  const parameters = ['exports', 'require', 'module', '__filename', '__dirname'];
  compileFunction(getAsset(path, 'utf8'), parameters, { filename })(
    module.exports,
    requireFrom,
    module,
    filename,
    dirname(filename),
  );
  return module.exports;
}

load('dist/main.js').main();
