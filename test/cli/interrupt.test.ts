/** Ctrl-C in a sync of 300 on a real pseudo-terminal, while it waits for the rate limit. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder, testSandbox } from '../helpers/in-process.ts';
import { openPty } from '../helpers/pty.ts';

const SERVICES = 300;
/** Fewer requests than the sync needs, so that it must wait for the next window. */
const LIMIT = 40;

it('reports changes not started in one line, and no unsent change as failed', async () => {
  const services = Array.from({ length: SERVICES }, (_, index) => ({
    id: `PSVC${String(index).padStart(3, '0')}`,
    name: `service-${String(index).padStart(3, '0')}`,
  }));
  const rateLimit = { limit: LIMIT, windowSeconds: 50 };
  const sandbox = await testSandbox({ seed: { account: 'acme', services }, rateLimit });
  const folder = temporaryFolder();
  const config = {
    actions: { restart: { label: 'Restart', url: 'https://a.example.com/restart' } },
    services: { 'service-*': ['restart'] },
  };
  writeFileSync(join(folder, 'pdactions.config.json'), JSON.stringify(config));
  const pty = openPty(['sync', '--yes'], { sandbox, folder });
  await pty.shows(/applying \d+\/300 .*waiting \d+/);
  pty.type('\x03');
  expect(await pty.ended).toBe(130);
  const screen = pty.screen();
  const done = sandbox.state().extensions.length;
  expect(done).toBeGreaterThan(0);
  expect(screen).toContain(`- ${SERVICES - done} changes not started (interrupted)`);
  expect(screen).toContain(`${SERVICES - done} skipped.`);
  expect(screen).not.toContain('fail');
  expect(screen.match(/\? created, not confirmed Restart on service-\d+/g)).toHaveLength(done);
  expect(screen.match(/Run `pdactions plan` to see whether/g)).toHaveLength(1);
  expect(screen).not.toContain('Next:');
  // The bar keeps the count it had when Ctrl-C was pressed.
  const shown = Number(/applying (\d+)\/300/.exec(screen)?.[1]);
  expect(shown).toBeLessThanOrEqual(done);
  expect(pty.written().lastIndexOf('\x1b[?25h')).toBeGreaterThanOrEqual(
    pty.written().lastIndexOf('\x1b[?25l'),
  );
});
