import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { matchesAll, readFilters } from '../../../src/cli/commands/list/filter.ts';
import { pagerFor } from '../../../src/cli/commands/list/pager.ts';
import { temporaryFolder } from '../../helpers/in-process.ts';
import { recordingIo } from '../../ui/io-world.ts';
import { project } from '../project.ts';

describe('list', () => {
  const shown = async (...args: string[]) => {
    const { run } = await project();
    return run(['list', '--no-color', ...args], { terminal: true });
  };

  it('counts services without actions, and shows them with --all', async () => {
    const folded = await shown();
    expect(folded.stdout).not.toContain('Checkout API');
    expect(folded.stderr).toMatch(/\d+ services \(\d+ without actions; `--all` lists them\), /);
    const all = await shown('--all');
    expect(all.stdout).toContain('Checkout API');
    expect(all.stderr).not.toContain('--all');
  });

  it('shows a service without actions if it is selected', async () => {
    expect((await shown('--service', 'Checkout API')).stdout).toContain('○○○');
  });

  it('prints only the requested columns, in their order', async () => {
    const { run } = await project();
    const { stdout } = await run(['list', '--columns', 'label,service']);
    expect(stdout).toContain('Page the vendor\tweb-admin\n');
    const wrong = await run(['list', '--columns', 'lable']);
    expect(wrong).toMatchObject({ code: 3, stderr: expect.stringContaining('`lable`') });
  });

  it.each([
    [['label=page*'], ['PVENDOR']],
    [['url=vendor.example.com'], ['PVENDOR']],
    [['state=disabled'], ['PDISABL']],
    [['team=no such team'], []],
    [['label=page*', 'state=disabled'], []],
    [['PAGE the'], ['PVENDOR']],
  ])('filters by %j', async (filters, ids) => {
    const { run } = await project();
    const { stdout } = await run(['list', '--json', ...filters.flatMap((text) => ['--filter', text])]);
    const { services } = JSON.parse(stdout) as { services: { actions: { id: string }[] }[] };
    expect(services.flatMap(({ actions }) => actions.map(({ id }) => id))).toEqual(ids);
  });

  it('finds services by their team', async () => {
    const values = { label: ['Restart'], url: [], state: ['active'], team: ['Payments', 'Core'] };
    expect(matchesAll(readFilters(['team=pay*']), values)).toBe(true);
    expect(matchesAll(readFilters(['team=restart']), values)).toBe(false);
    expect(() => readFilters(['team='])).toThrow('no text to search for');
  });
});

describe('the pager', () => {
  const page = (rows: number, pager: string, lines = ['one', 'two', 'three']) => {
    const cwd = temporaryFolder();
    const { io } = recordingIo({ stdin: true, stdout: true, stderr: true, env: { NO_COLOR: '1' } });
    const env = { PATH: process.env.PATH, PAGER: pager, AUTOMATION_TOKEN: 'canary-pager' };
    const stderr = Object.assign(new PassThrough(), { rows });
    const show = pagerFor({ io, env, cwd, stderr });
    return { cwd, shown: show?.(lines.map((text) => [text])) };
  };

  it('gets output that does not fit on the terminal, and a minimal environment', async () => {
    const script = join(temporaryFolder(), 'pager.sh');
    writeFileSync(script, '#!/bin/sh\ncat > out; env > env\n', { mode: 0o755 });
    const { cwd, shown } = page(3, script);
    expect(await shown).toBe(true);
    expect(readFileSync(join(cwd, 'out'), 'utf8')).toBe('one\ntwo\nthree\n');
    expect(readFileSync(join(cwd, 'env'), 'utf8')).not.toContain('canary-pager');
  });

  it('is not used for short output', async () => {
    const { cwd, shown } = page(4, 'tee out');
    expect(await shown).toBe(false);
    expect(existsSync(join(cwd, 'out'))).toBe(false);
  });

  it('is skipped if it does not exist', async () => {
    expect(await page(1, 'no-such-pager-here -R').shown).toBe(false);
  });

  it('may be left before the end', async () => {
    expect(await page(1, 'true', Array(20_000).fill('line')).shown).toBe(true);
  });
});
