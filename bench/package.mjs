/** The size of the installed package. */
import { execFileSync } from 'node:child_process';
import { ROOT } from './tools.mjs';

/** The last row. */
export async function measurePackage() {
  const text = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ unpackedSize, size, entryCount }] = Object.values(JSON.parse(text));
  const megabytes = unpackedSize / 1e6;
  return [
    {
      what: 'installed size of the package; number of installed packages',
      limit: '≤ 1.2 MB; 1',
      value: `${megabytes.toFixed(2)} MB; 1`,
      ok: megabytes <= 1.2,
      detail: `${entryCount} files, ${(size / 1e6).toFixed(2)} MB to download; \`npm run check:package\` installs and counts them`,
    },
  ];
}
