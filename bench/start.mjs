/** The start-up time of the program, against Node doing nothing, alternating. */
import { inFolder, median, runNode, runProgram, withAccount } from './tools.mjs';

const ROUNDS = 41;
const LIST = ['list', '--json'];

/** The first two rows. */
export function measureStart() {
  return withAccount(tenActions(), async ({ cwd, env }) => {
    const { stdout } = await runProgram(LIST, { cwd, env });
    const count = JSON.parse(stdout).services.flatMap(({ actions }) => actions).length;
    if (count !== 10) throw new Error(`the list has ${count} actions, not 10`);
    return inFolder(async (bare) => {
      const nothing = { cwd: bare, env: { PATH: process.env.PATH ?? '', HOME: bare } };
      const times = { node: [], help: [], made: [], list: [] };
      for (let round = -2; round < ROUNDS; round += 1) {
        const node = await runNode(['-e', '0'], nothing);
        const help = await runProgram(['--help'], nothing);
        const made = await runProgram(['--no-color', '--help'], nothing);
        const list = await runProgram(LIST, { cwd, env });
        // The first rounds are for the disk's cache.
        if (round < 0) continue;
        times.node.push(node.ms);
        times.help.push(help.ms);
        times.made.push(made.ms);
        times.list.push(list.ms);
      }
      const terminal = row(
        'the same where the help is made, not read (on a terminal)',
        1.25,
        times.made,
        times.node,
      );
      return [
        row('`pdactions --help` against `node -e 0`', 1.25, times.help, times.node),
        { ...terminal, limit: 'none', ok: true },
        row(
          '`pdactions list --json` of 10 actions over loopback against `node -e 0`',
          2.2,
          times.list,
          times.node,
        ),
      ];
    });
  });
}

function row(what, limit, times, base) {
  const ratio = median(times) / median(base);
  const detail = `medians of ${ROUNDS}: ${median(times).toFixed(1)} ms, ${median(base).toFixed(1)} ms; fastest: ${Math.min(...times).toFixed(1)} ms, ${Math.min(...base).toFixed(1)} ms`;
  return { what, limit: `≤ ${limit}`, value: ratio.toFixed(2), ok: ratio <= limit, detail };
}

function tenActions() {
  const services = ['A', 'B', 'C', 'D'].map((letter) => ({ id: `PS${letter}`, name: `service ${letter}` }));
  return {
    account: 'acme',
    services,
    extensions: Array.from({ length: 10 }, (_, index) => ({
      id: `PX${index}`,
      service: services[index % 4].id,
      name: `Action ${index}`,
      url: `https://automation.example.com/${index}`,
    })),
  };
}
