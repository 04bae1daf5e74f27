import { describe, expect, it } from 'vitest';
import { project } from './project.ts';

/** An action of the demo account that stores a header: `Page the vendor` on web-admin. */
const MOVED = {
  actions: { vendor: { label: 'Page the vendor', url: 'https://new.example.com/page' } },
  services: { 'web-admin': ['vendor'] },
};

describe('a URL that moves to another host, with headers that the config does not mention', () => {
  it('needs a flag off a terminal', async () => {
    const { run, write, sandbox } = await project();
    write(MOVED);
    const before = JSON.stringify(sandbox.state().extensions);
    const refused = await run(['sync', '--yes']);
    expect(refused.code).toBe(8);
    expect(refused.stdout).toMatch(/! its headers \([\w-]+(, [\w-]+)*\) will be sent to new\.example\.com/);
    expect(refused.stdout).toContain('`--keep-headers`');
    expect(JSON.stringify(sandbox.state().extensions)).toBe(before);
    const document = JSON.parse((await run(['plan', '--json'])).stdout);
    expect(document.guards).toMatchObject([{ guard: 'keep-headers', actions: [{ id: 'PVENDOR' }] }]);
    expect((await run(['sync', '--yes', '--keep-headers'])).code).toBe(0);
  });

  it('is the same for `update`', async () => {
    const { run } = await project();
    const argv = ['update', 'PVENDOR', '--url', 'https://new.example.com/page'];
    const refused = await run(argv);
    expect(refused.code).toBe(8);
    expect(refused.stderr).toContain('will be sent to new.example.com');
    expect((await run([...argv, '--keep-headers'])).code).toBe(0);
  });
});
