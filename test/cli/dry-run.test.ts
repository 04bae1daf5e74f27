import { describe, expect, it } from 'vitest';
import { project } from './project.ts';

const CREATE = ['create', '--service', 'Checkout API', '--label', 'Ping', '--url', 'https://a.example.com/'];

describe('--dry-run', () => {
  it.each([
    ['create', CREATE, '+ Ping', 'Plan: 1 to create'],
    ['update', ['update', 'PVENDOR', '--label', 'Page'], '~ Page', 'Plan: 1 to update'],
    ['delete', ['delete', 'PVENDOR'], '- Page the vendor', 'Plan: 1 to delete'],
    ['delete', ['delete', 'PVENDOR', '--yes'], '- Page the vendor', 'Plan: 1 to delete'],
    ['enable', ['enable', '--all-disabled'], '↻ Add Diagnostics', 'Plan: 1 to enable'],
  ])('of %s shows the plan and writes nothing', async (kind, args, change, counts) => {
    const { run, sandbox } = await project();
    const { code, stdout, stderr } = await run([...args, '--dry-run']);
    expect({ code, stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('Nothing was written'),
    });
    expect(stdout).toContain(change);
    expect(stdout).toContain(counts);
    const document = JSON.parse((await run([...args, '--dry-run', '--json'])).stdout);
    expect(document).toMatchObject({ command: kind, report: null, dryRun: true, changes: [{ kind }] });
    expect(sandbox.log().commits).toEqual([]);
  });
});
