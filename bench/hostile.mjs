/** The cost of a hostile config (T13): the largest accepted size, with problems everywhere. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inFolder, median, ROOT } from './tools.mjs';

const CONFIGS = {
  '100,000 undefined actions': [
    'json',
    JSON.stringify({ actions: {}, services: { A: Array.from({ length: 100_000 }, (_, at) => `a${at}`) } }),
  ],
  '200,000 levels of lists': ['yaml', `actions: ${'['.repeat(200_000)}`],
  '400,000 quotes': ['yaml', `actions: {}\nservices: ${'"" '.repeat(400_000).slice(0, 990_000)}`],
};

/** From the start of `validate` to its end. */
export function measureHostile() {
  return inFolder((cwd) => {
    const env = { PATH: process.env.PATH ?? '', HOME: cwd };
    return Object.entries(CONFIGS).map(([name, [extension, text]]) => {
      const file = join(cwd, `${name.replace(/\W+/g, '-')}.${extension}`);
      writeFileSync(file, text);
      const times = Array.from({ length: 5 }, () => {
        const began = performance.now();
        const args = [join(ROOT, 'bin/pdactions.js'), 'validate', '--config', file];
        const { status } = spawnSync(process.execPath, args, { cwd, env, stdio: 'ignore' });
        if (status !== 4) throw new Error(`a config of ${name} ends with ${status}`);
        return performance.now() - began;
      });
      const ms = median(times);
      const size = `${(text.length / 1e6).toFixed(2)} MB`;
      return {
        what: `\`validate\` of a config of ${name}: time to report the problem`,
        limit: '≤ 1000 ms',
        value: `${ms.toFixed(0)} ms`,
        ok: ms <= 1_000,
        detail: `median of ${times.length}, ${size}`,
      };
    });
  });
}
