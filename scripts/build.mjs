/**
 * Builds dist/: one bundle, split so that each command loads only its own parts, and the licences of all packages in it. At run time only
 * Node is needed, so the tested code is the code that runs. The same sources give the same bytes on every machine at any time.
 *
 *     node scripts/build.mjs [FOLDER] [--readable]
 *
 * `--readable` leaves the names and the form of functions as they are in the sources.
 *
 * The result is CommonJS, unlike the sources, so that Node starts without its loader of ES modules, whose start takes longer than the
 * whole `--help` (see bench/RESULTS.md).
 */
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { rolldown } from 'rolldown';
import { compiledEarly } from './compiled-early.mjs';
import { preparedLate } from './prepared-late.mjs';
import { billOfMaterials } from './sbom.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const { values, positionals } = parseArgs({
  options: { readable: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const { readable } = values;
const dist = resolve(positionals[0] ?? join(root, 'dist'));
/** The program, and the library. */
const entries = { main: join(root, 'src/main.ts'), lib: join(root, 'src/lib/index.ts') };

/**
 * Modules that are loaded together share one file, because finding and opening a file takes time: these modules, and their static imports.
 * A module belongs to the first file that needs it. main.js contains the modules of every command.
 */
const TOGETHER = {
  main: ['src/main.ts'],
  // Every command needs this file, even without a config. It also has the modules that the config and the account share, so that each of
  // these loads without the other.
  command: [
    'src/cli/create-context.ts',
    'src/config/load-config.ts',
    'src/cli/commands/validate.ts',
    'src/core/selector.ts',
    'src/json-fields.ts',
    'src/nearest.ts',
  ],
  config: ['src/config/find/load.ts', 'src/config/keys/shape.ts', 'src/config/read/merge.ts'],
  account: ['src/cli/connection/connect.ts', 'src/cli/commands/list/list.ts'],
  plan: ['src/cli/commands/plan.ts'],
  table: ['src/ui/render/table.ts', 'src/ui/render/width.ts'],
};

const WITHOUT_EDITOR = `const fs = require("node:fs"); const { promisify } = require("node:util");
  module.exports = { readFile: promisify(fs.readFile), stat: promisify(fs.stat) };`;

/** Replaced imports, useless here and slow or harmful: `package > import`. */
const REPLACEMENTS = {
  // Commander can start other programs as subcommands; this program has no such command.
  'commander > node:child_process': 'module.exports = {};',
  // The global object is enough. Importing the module opens every stream of the process.
  'commander > node:process': 'module.exports = process;',
  // chalk looks at the terminal as soon as it is loaded. `ui/io.ts` decides about colours and passes the level.
  'chalk > #supports-color': 'export default { stdout: false, stderr: false };',
  // A config is data, so the loaders of code are left out (T33). `config/find/load.ts` passes its own for every file type.
  'cosmiconfig > ./loaders': `const never = () => { throw new Error("code is never loaded"); };
    for (const each of ["loadJs", "loadJsSync", "loadJson", "loadTs", "loadTsSync", "loadYaml"]) exports[each] = never;`,
  // `fs/promises` also loads Node's line editor (see src/files.ts). Only these functions are called.
  'cosmiconfig > fs/promises': WITHOUT_EDITOR,
  'cosmiconfig > fs': `${WITHOUT_EDITOR} module.exports = Object.create(fs, { promises: { value: module.exports } });`,
  'cosmiconfig > env-paths': 'module.exports = () => { throw new Error("searched for elsewhere"); };',
  // No prompt opens an editor, which depends on many character sets. The other prompts are not used either.
  ...unused('prompts', ['@inquirer/editor', '@inquirer/expand', '@inquirer/number', '@inquirer/rawlist']),
  ...unused('prompts', ['@inquirer/input', '@inquirer/password', '@inquirer/search']),
  // The metrics are counters, gauges and histograms, scraped on request. The rest includes OpenTelemetry and trees.
  ...unused('prom-client', ['./lib/summary', './lib/pushgateway', './lib/defaultMetrics', './lib/cluster']),
  // Warnings about a YAML file are reported as problems, never on the console.
  'yaml > ./log.js': 'export const debug = () => undefined; export const warn = () => undefined;',
  'yaml > ../log.js': 'export const debug = () => undefined; export const warn = () => undefined;',
  // DEBUG must not print requests (T28).
  'https-proxy-agent > debug': 'export default () => () => undefined;',
  'http-proxy-agent > debug': 'export default () => () => undefined;',
};

/** Replacements for parts of a package that nothing here uses. */
function unused(name, imports) {
  return Object.fromEntries(imports.map((each) => [`${name} > ${each}`, 'export default undefined;']));
}

/** A plugin that puts `REPLACEMENTS` into effect, and fails when one of them has become pointless. */
function replacements() {
  const contents = new Map();
  const unused = new Set(Object.keys(REPLACEMENTS));
  return {
    name: 'replacements',
    resolveId(source, importer) {
      const key = `${basename(packageFolder(importer ?? '') ?? '')} > ${source}`;
      if (!Object.hasOwn(REPLACEMENTS, key)) return undefined;
      unused.delete(key);
      // The null character marks a module that is not a file. A chunk may be named after the rest.
      const id = `\0${key.replace(/\W+/g, '-')}`;
      contents.set(id, REPLACEMENTS[key]);
      return id;
    },
    load: (id) => contents.get(id),
    buildEnd(error) {
      if (!error && unused.size > 0) throw new Error(`nothing imports ${[...unused].join(', ')} any more`);
    },
  };
}

/** The folder of the package that a file belongs to; undefined for the files of this project. */
function packageFolder(file) {
  return /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(file)?.[0];
}

/** Assigns each module to its file in `TOGETHER`. */
function loadedTogether() {
  const fileOf = new Map();
  return {
    plugin: {
      name: 'loaded-together',
      buildEnd() {
        const visit = (id, file) => {
          if (fileOf.has(id)) return;
          fileOf.set(id, file);
          for (const imported of this.getModuleInfo(id)?.importedIds ?? []) visit(imported, file);
        };
        for (const [file, modules] of Object.entries(TOGETHER)) {
          for (const module of modules) visit(join(root, module), file);
        }
      },
    },
    group: { name: (id) => fileOf.get(id) ?? null, debugName: 'together' },
  };
}

/** The functions that common commands call, by `called-names.mjs`. */
const called = new Set(readFileSync(join(root, 'scripts/called-names.txt'), 'utf8').split(/\s+/));

/** Applies only to the files in `TOGETHER`, because most functions in other files are never called. */
const early = {
  name: 'compiled-early',
  // Before the names are shortened.
  renderChunk(code, { name }) {
    if (readable || !Object.hasOwn(TOGETHER, name)) return null;
    return { code: compiledEarly(preparedLate(code), (each) => called.has(each)) };
  },
};

/** rolldown's name for the chunk with its helper functions. */
const BUNDLER = 'rolldown-runtime';

/** Moves the bundler's helpers, which every chunk requires, into main.js, so that no command opens another file for them. */
const oneFileLess = {
  name: 'one-file-less',
  generateBundle(_, output) {
    const { name, fileName, code } = Object.values(output).find((chunk) => chunk.name === BUNDLER);
    for (const chunk of Object.values(output)) {
      if (chunk.type !== 'chunk' || chunk.name === name) continue;
      const functions =
        chunk.name === 'main'
          ? `(exports.bundler=(()=>{const exports={};${code}return exports})())`
          : `require("${chunk.isEntry ? './' : '../'}main.js").bundler`;
      const own = chunk.fileName.startsWith('chunks/') ? `./${basename(fileName)}` : `./${fileName}`;
      chunk.code = chunk.code.replace(`require("${own}")`, () => functions);
      if (chunk.code.includes(basename(fileName))) throw new Error(`${chunk.fileName} needs ${fileName}`);
    }
    delete output[fileName];
  },
};

rmSync(dist, { recursive: true, force: true });

const together = loadedTogether();
const bundle = await rolldown({
  cwd: root,
  input: entries,
  platform: 'node',
  // Optional peers: users of a shared queue install them beside pdactions.
  external: ['bullmq', 'ioredis'],
  // pdjs requires `cross-fetch` and calls its default export, so this makes it use the fetch of this program.
  resolve: {
    alias: {
      'cross-fetch': join(root, 'src/pagerduty/http/fetch.ts'),
      // The same library as ES modules, so that unused parts are dropped.
      yaml: join(root, 'node_modules/yaml/browser/index.js'),
    },
  },
  transform: { target: 'node20.17' },
  plugins: [replacements(), together.plugin, oneFileLess, early],
  // Other files may import shared parts from main.js. Otherwise each part would become a separate file.
  preserveEntrySignatures: 'allow-extension',
});
const { output } = await bundle.write({
  dir: dist,
  format: 'cjs',
  minify: !readable,
  // Node keeps a text with one other character in twice the memory, and needs longer to read it.
  charset: 'ascii',
  comments: false,
  // A real `import()` would start Node's loader of ES modules.
  dynamicImportInCjs: false,
  entryFileNames: '[name].js',
  chunkFileNames: 'chunks/[name]-[hash].js',
  codeSplitting: { includeDependenciesRecursively: false, groups: [together.group] },
});
await bundle.close();

const chunks = output.filter(({ type }) => type === 'chunk');
const own = new Set(chunks.map(({ fileName }) => fileName));
const missing = chunks
  .flatMap(({ imports }) => imports)
  .filter((name) => !own.has(name) && !isBuiltin(name) && !name.includes(BUNDLER));
if (missing.length > 0) throw new Error(`not in the bundle, but needed: ${missing.join(', ')}`);

/** The script of each page, by its folder in dist/. Other files are copied. */
const PAGES = {
  browser: 'src/sandbox/page/browser/main.js',
  'slots-page': 'src/cli/commands/slots/slots-page/page.js',
};
for (const [target, script] of Object.entries(PAGES)) {
  const page = await rolldown({ input: join(root, script), cwd: root, tsconfig: false });
  await page.write({ dir: join(dist, target), minify: true, comments: false });
  await page.close();
  cpSync(dirname(join(root, script)), join(dist, target), {
    recursive: true,
    filter: (file) => !/\.js(?:on)?$/.test(file),
  });
}

// Next to the code that it describes. `npm run generate:types` writes it from the sources.
cpSync(join(root, 'types/pdactions.d.ts'), join(dist, 'lib.d.ts'));

// The package consists of ES modules, except for this folder.
writeFileSync(join(dist, 'package.json'), '{ "type": "commonjs" }\n');

const bundled = [...new Set(chunks.flatMap(({ moduleIds }) => moduleIds).map(packageFolder))]
  .filter(Boolean)
  .sort();
writeFileSync(join(dist, 'THIRD-PARTY-LICENSES'), licences(bundled));
writeFileSync(join(dist, 'sbom.cdx.json'), `${JSON.stringify(billOfMaterials(root, bundled))}\n`);

/**
 * The licence text of each bundled package, or what its package.json says where it ships none. Packages with the same text stand together,
 * each with its own notice of copyright.
 */
function licences(folders) {
  const packages = folders.map(licenceOf);
  const parts = [...new Set(packages.map(({ words }) => words))].map((same) => {
    const group = packages.filter(({ words }) => words === same);
    const heads = group.map(({ name, notice }) => [name, ...notice].join('\n'));
    return `${heads.join('\n\n')}\n\n${group[0].terms}\n`;
  });
  return `This program contains the following software:\n\n${parts.join(`\n${'-'.repeat(78)}\n\n`)}`;
}

/** @returns its name, version and kind of licence, the lines with the copyright, the terms without them, and these in one line */
function licenceOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  const text = file === undefined ? `License: ${license}` : readFileSync(join(folder, file), 'utf8').trim();
  const lines = text.split(/\r?\n/);
  const isNotice = (row) =>
    /^\s*(?:portions )?(?:copyright\b.*\d{4}|copyright \(c\)|(?:\(c\)|©) \d{4})/i.test(row);
  const terms = lines
    .filter((row) => !isNotice(row))
    .join('\n')
    .trim();
  return {
    name: `${name} ${version} (${license})`,
    notice: lines.filter(isNotice).map((row) => row.trim()),
    terms,
    words: terms.toLowerCase().replace(/\s+/g, ' '),
  };
}
