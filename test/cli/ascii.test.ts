/** Output on a terminal without UTF-8, and in a pipe beside it. */
import { describe, expect, it } from 'vitest';
import { project } from './project.ts';
import { sit } from './sitting.ts';

const ASCII = /^[\n -~]*$/;
const SIGNS = /[●○→✓…·]/;

describe('a terminal whose locale is not UTF-8', () => {
  it.each(['plan', 'plan --detail', 'list', 'slots', 'sync --yes'])('%s', async (command) => {
    const shown = async (LANG: string): Promise<string> => {
      const { run } = await project();
      const env = { LANG, NO_COLOR: '1' };
      return (await run(command.split(' '), { terminal: true, env })).stdout;
    };
    const ascii = await shown('C');
    expect(ascii).not.toBe('');
    expect(ascii).toMatch(ASCII);
    expect(await shown('en_GB.UTF-8')).toMatch(SIGNS);
  });

  it('keeps labels as they are', async () => {
    const { run } = await project({
      actions: { a: { label: 'Restart → ✓ … ●', url: 'https://a.example.com/' } },
      services: { 'Checkout API': ['a'] },
    });
    const { stdout } = await run(['plan', '--detail'], {
      terminal: true,
      env: { LANG: 'C', NO_COLOR: '1' },
    });
    expect(stdout).toContain('Restart → ✓ … ●');
    expect(stdout).toContain('ooo -> *oo');
  });

  it('asks in ASCII as well', async () => {
    const { terminal, ended } = await sit(['create', '--label', 'Gather facts'], { env: { LANG: 'C' } });
    await terminal.waitFor('arrows navigate - tab mark - enter choose');
    expect(terminal.screen()).toMatch(ASCII);
    terminal.type('checkout');
    await terminal.waitFor(/> o Checkout API +o{3}\n/);
    expect(terminal.screen()).toMatch(ASCII);
    terminal.type('\u0003');
    expect(await ended).toBe(130);
  });
});

describe('a pipe', () => {
  it.each(['plan', 'list', 'plan --format json'])(
    'has the same bytes in every locale: %s',
    async (command) => {
      const { run } = await project();
      const [ascii, unicode] = [
        await run(command.split(' '), { env: { LANG: 'C' } }),
        await run(command.split(' '), { env: { LANG: 'en_GB.UTF-8' } }),
      ];
      expect(ascii.stdout).not.toBe('');
      expect(ascii).toEqual(unicode);
    },
  );
});
