/**
 * Makes types/pdactions.d.ts: the types of the library, in one file, from the sources. With `--check` it only reports whether the file is
 * out of date (exit 1). The public API changes only if this file does, so a review sees it.
 *
 *     node scripts/types.mjs [--check]
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const target = join(root, 'types/pdactions.d.ts');
const HEADER = '// Written by `npm run generate:types`. docs/library.md describes it.\n\n';

// Outside node_modules, where files would count as another package's.
const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'pdactions-types-')));
try {
  const text = HEADER + rolledUp(declarations());
  if (!process.argv.includes('--check')) writeFileSync(target, text);
  else if (readFileSync(target, 'utf8') !== text) {
    console.error('types/pdactions.d.ts is out of date: run `npm run generate:types`');
    process.exitCode = 1;
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** A declaration file for each source that the library needs. @returns the one of its entry */
function declarations() {
  const config = join(scratch, 'tsconfig.json');
  const options = {
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: join(root, 'src'),
    outDir: scratch,
    typeRoots: [join(root, 'node_modules/@types')],
  };
  const files = [join(root, 'src/lib/index.ts')];
  writeFileSync(
    config,
    JSON.stringify({ extends: join(root, 'tsconfig.json'), compilerOptions: options, include: [], files }),
  );
  execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', config], {
    stdio: 'inherit',
  });
  for (const path of readdirSync(scratch, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.d.ts')) continue;
    const file = join(scratch, path);
    // A declaration imports declarations, which have no source file of that name.
    writeFileSync(file, readFileSync(file, 'utf8').replace(/(['"])(\.{1,2}\/[^'"]+)\.ts\1/g, '$1$2.js$1'));
  }
  return join(scratch, 'lib/index.d.ts');
}

/** Everything that the entry exports, with its dependencies, as one text. */
function rolledUp(entry) {
  const output = join(scratch, 'rolled-up.d.ts');
  writeFileSync(join(scratch, 'package.json'), JSON.stringify({ name: 'pdactions', type: 'module' }));
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder: scratch,
      mainEntryPointFilePath: entry,
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            module: 'NodeNext',
            moduleResolution: 'NodeNext',
            target: 'ES2023',
            lib: ['ES2023'],
            types: ['node'],
            typeRoots: [join(root, 'node_modules/@types')],
            strict: true,
            exactOptionalPropertyTypes: true,
            skipLibCheck: true,
          },
          files: [entry],
        },
      },
      dtsRollup: { enabled: true, untrimmedFilePath: output },
      newlineKind: 'lf',
      messages: {
        extractorMessageReporting: { default: { logLevel: 'none' } },
        compilerMessageReporting: { default: { logLevel: 'error' } },
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(scratch, 'package.json'),
  });
  const { succeeded } = Extractor.invoke(config, {
    localBuild: true,
    messageCallback: (message) => {
      message.handled = message.logLevel !== 'error';
    },
  });
  if (!succeeded) throw new Error('the types of the library cannot be put into one file');
  return readFileSync(output, 'utf8');
}
