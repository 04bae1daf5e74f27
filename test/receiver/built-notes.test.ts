/** Notes of the built receiver: in flight when it ends, or refused with its token. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { InjectedFault } from '../../src/sandbox/faults/fault.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { pointedAt, testSandbox } from '../helpers/in-process.ts';
import { call, list } from '../sandbox/client.ts';
import { end, folderWith, listen, press } from './built.ts';

const POST_NOTE = { method: 'POST', path: '/incidents/*/notes' } as const;
const onNote = (fault: object): readonly InjectedFault[] => [{ match: POST_NOTE, ...fault } as InjectedFault];

async function notesIn(sandbox: Sandbox): Promise<readonly string[]> {
  const { json } = await call(sandbox, 'GET', '/incidents/PINC001/notes');
  return list(json.notes).map(({ content }) => String(content));
}

/** Waits until the sandbox has the request, which takes no time on any clock. */
async function posted(sandbox: Sandbox): Promise<void> {
  const has = () =>
    sandbox.log().requests.some(({ method, path }) => method === 'POST' && /notes$/.test(path));
  while (!has()) await new Promise((turn) => setImmediate(turn));
}

describe('a note in flight when the receiver ends', () => {
  it.each([
    ['is written by the next start when PagerDuty has not got it', 'before-commit'],
    ['is not written twice when PagerDuty has it', 'after-commit'],
  ] as const)('%s, even after SIGKILL', async (_, phase) => {
    const sandbox = await testSandbox();
    sandbox.setFaults(onNote({ phase, action: 'hang' }));
    const cwd = folderWith({ command: ['/bin/echo', 'it is done'] });
    const first = await listen(cwd, [], pointedAt(sandbox));
    await press(first);
    await posted(sandbox);
    await end(first, 'SIGKILL');
    const second = await listen(cwd, [], pointedAt(sandbox));
    await second.told('noted');
    expect((await press(second)).status).toBe(200);
    await end(second);
    const notes = await notesIn(sandbox);
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(/^pdactions: "Restart Server" succeeded after .*it is done$/s);
    const third = await listen(cwd, [], pointedAt(sandbox));
    expect((await end(third)).stdout).not.toContain('note');
  });

  it('is reported as missing if a graceful end has no time left for it', async () => {
    const sandbox = await testSandbox();
    sandbox.setFaults(onNote({ action: 'hang' }));
    const cwd = folderWith({ command: ['true'] });
    const first = await listen(cwd, [], pointedAt(sandbox));
    await press(first);
    await posted(sandbox);
    const { code, stdout, stderr } = await end(first);
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('forced to exit')]);
    expect(stdout).toMatch(/"note-failed".*the next start writes it/);
  });
});

describe('a token that is refused once', () => {
  it('costs one note, and not those of all later presses', async () => {
    const sandbox = await testSandbox();
    sandbox.setFaults(onNote({ action: 'status', status: 401 }));
    const running = await listen(folderWith({ command: ['true'] }), [], pointedAt(sandbox));
    await press(running);
    expect((await running.told('note-failed'))[0]?.detail).toContain('rejected the token');
    await press(running, 'm-2');
    await running.told('noted');
    await end(running);
  });

  it('is read again from its file, because tokens of apps live for a day', async () => {
    const sandbox = await testSandbox();
    const cwd = folderWith({ command: ['true'] });
    const file = join(cwd, 'token');
    const { PAGERDUTY_API_URL = '', PAGERDUTY_TOKEN = '' } = pointedAt(sandbox);
    writeFileSync(file, 'pdus+yesterday-0123456789', { mode: 0o600 });
    const running = await listen(cwd, ['--token-file', file], { PAGERDUTY_API_URL });
    writeFileSync(file, PAGERDUTY_TOKEN);
    await press(running);
    await running.told('noted');
    // This file belongs to the test, so the scan for secrets must not find it.
    rmSync(file);
    await end(running);
  });
});

describe('a token that is refused from the start', () => {
  it('is reported at the start, and presses run nevertheless', async () => {
    const sandbox = await testSandbox();
    const env = { ...pointedAt(sandbox), PAGERDUTY_TOKEN: 'y_NbAkKc66ryYTWUXYEu' };
    const running = await listen(folderWith({ command: ['true'] }), [], env);
    await press(running);
    await running.told('succeeded');
    await running.told('note-failed');
    const { stderr } = await end(running);
    expect(stderr).toContain('warning: PagerDuty refuses the token');
  });
});
