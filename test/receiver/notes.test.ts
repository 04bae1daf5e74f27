import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { type Reason, RemoteError } from '../../src/errors.ts';
import type { Transport } from '../../src/pagerduty/http/transport.ts';
import { openCaller } from '../../src/pagerduty/stores/api-store.ts';
import { createNoteStore } from '../../src/pagerduty/stores/note-store.ts';
import type { ReceiverEvent } from '../../src/receiver/tell/events.ts';
import { Notes } from '../../src/receiver/tell/notes.ts';
import { pointedAt, runCli, temporaryFolder, testSandbox } from '../helpers/in-process.ts';
import { start } from '../helpers/spawned.ts';
import { createVirtualClock } from '../helpers/virtual-clock.ts';
import { call, list } from '../sandbox/client.ts';
import { PATH, script, send } from './world.ts';

function storeOver(transport: Transport) {
  const caller = openCaller({
    baseUrl: 'https://api.pagerduty.com',
    token: 't',
    tokenType: 'token',
    userAgent: 'test',
    timeoutMs: 1000,
    runTimeoutMs: Number.POSITIVE_INFINITY,
    concurrency: 4,
    clock: createVirtualClock(),
    random: () => 0.5,
    transport,
  });
  return createNoteStore(caller);
}

const answer = (status: number, body: unknown) => ({
  status,
  headers: new Headers({ 'content-type': 'application/json' }),
  body: { text: JSON.stringify(body) },
});

describe('a note whose answer is lost', () => {
  it.each([
    ['exists: nothing more is sent', ['done'], 1],
    ['does not exist: reported, and not sent again', [], 1],
  ])('%s', async (_, present, posts) => {
    const sent: string[] = [];
    const store = storeOver(async ({ method, headers }) => {
      sent.push(`${method} ${headers?.From ?? ''}`.trim());
      if (method === 'POST') return answer(500, { error: { message: 'oops', code: 1 } });
      return answer(200, { notes: present.map((content) => ({ content })) });
    });
    const written = store.addNote('PINC1', 'done', { from: 'me@example.com' });
    if (present.length > 0) await written;
    else await expect(written).rejects.toThrow(/could not write a note/);
    expect(sent.filter((one) => one === 'POST me@example.com')).toHaveLength(posts);
    expect(sent.at(-1)).toBe('GET');
  });

  it('that may exist already is looked for first', async () => {
    const sent: string[] = [];
    const store = storeOver(async ({ method }) => {
      sent.push(method);
      return answer(200, { notes: [{ content: 'done' }], note: {} });
    });
    await store.addNote('PINC1', 'done', { mayBeThere: true });
    expect(sent).toEqual(['GET']);
    await store.addNote('PINC1', 'another', { mayBeThere: true });
    expect(sent).toEqual(['GET', 'GET', 'POST']);
  });

  it('never lets an id lead elsewhere', async () => {
    const store = storeOver(() => Promise.reject(new Error('nothing may be sent')));
    await expect(store.addNote('../users', 'x')).rejects.toThrow(/not an incident id/);
  });
});

describe('notes, whatever happens meanwhile', () => {
  const failure = (reason: Reason) => new RemoteError('it failed', { reason, aftermath: 'skip' });
  const CLAIM = { id: 'm-1', action: 'a', incident: 'P1' };

  function notesWith(answers: readonly (Reason | 'ok' | 'hangs')[]) {
    const log: ReceiverEvent[] = [];
    const looked: boolean[] = [];
    const steps: string[] = [];
    const clock = createVirtualClock();
    const notes = new Notes({
      log: (event) => void log.push(event),
      clock,
      claims: { owe: () => void steps.push('owed'), finish: () => void steps.push('finished') },
      addNote: async (_, __, mayBeThere) => {
        const answer = answers[looked.length];
        looked.push(mayBeThere);
        if (answer === 'hangs') await new Promise(() => undefined);
        if (answer !== 'ok' && answer !== 'hangs' && answer !== undefined) throw failure(answer);
      },
    });
    notes.write(CLAIM, 'done');
    return { notes, log, looked, steps, clock };
  }

  it('are retried after a temporary failure of PagerDuty, with a look before', async () => {
    const { log, looked, steps, clock } = notesWith(['server_error', 'timeout', 'ok']);
    await vi.waitFor(() => expect(log.map(({ event }) => event)).toEqual(['noted']));
    expect(looked).toEqual([false, true, true]);
    expect(steps).toEqual(['owed', 'finished']);
    expect(clock.now()).toBe(35_000);
  });

  it.each<readonly [string, readonly Reason[]]>([
    ['immediately if they are refused', ['forbidden']],
    ['immediately if the incident does not exist', ['gone']],
    ['after four tries', ['network', 'network', 'network', 'network']],
  ])('are given up %s', async (_, answers) => {
    const { log, looked, steps } = notesWith(answers);
    await vi.waitFor(() => expect(log.map(({ event }) => event)).toEqual(['note-failed']));
    expect(looked).toHaveLength(answers.length);
    expect(steps).toEqual(['owed', 'finished']);
  });

  it('are left to the next start if no time is left', async () => {
    const { notes, log, steps } = notesWith(['hangs']);
    void notes.written();
    notes.abandon();
    expect(log).toEqual([expect.objectContaining({ event: 'note-failed', id: 'm-1' })]);
    expect(log[0]?.detail).toContain('the next start writes it');
    expect(steps).toEqual(['owed']);
  });
});

describe('a forbidden note', () => {
  it('is an error in the log, with the next step, and nothing is run again', async () => {
    const sandbox = await testSandbox();
    const cwd = temporaryFolder();
    const hello = {
      label: 'Say hello',
      url: `https://hooks.example.com${PATH}`,
      headers: { 'X-Secret': '${HELLO_SECRET}' },
      handler: { command: ['true'] },
    };
    const config = { actions: { hello }, services: { 'id:PCHKOUT': ['hello'] } };
    writeFileSync(join(cwd, 'pdactions.config.json'), JSON.stringify(config));
    const secret = 'k7Qz-correct-horse-99';
    const env = { ...pointedAt(sandbox), HELLO_SECRET: secret };
    const listening = start(['listen', '--port', '0', '--json', '--from', 'nobody@example.com'], {
      cwd,
      env,
    });
    const url = /http:\/\/[\d.:]+/.exec(await listening.seen('"listening"'))?.[0] ?? '';
    await send(url, { headers: { 'x-secret': secret }, incident: 'PINC001' });
    const log = await listening.seen('"note-failed"');
    expect(log).toContain('check that the user of `--from` exists');
    listening.child.kill('SIGTERM');
    await listening.ended;
  });
});

describe('from the button to the note', () => {
  it('a press in the sandbox becomes a note on its incident', async () => {
    const sandbox = await testSandbox({ deliver: undefined });
    const cwd = temporaryFolder();
    const config = (origin: string) =>
      JSON.stringify({
        actions: {
          hello: {
            label: 'Say hello',
            url: `${origin}${PATH}`,
            allowInsecureUrl: true,
            headers: { 'X-Secret': '${HELLO_SECRET}' },
            handler: { command: script(`console.log('hello from', process.env.PD_INCIDENT_ID)`) },
          },
        },
        services: { 'id:PCHKOUT': ['hello'] },
      });
    const env = { ...pointedAt(sandbox), HELLO_SECRET: 'k7Qz-correct-horse-99' };
    const file = join(cwd, 'pdactions.config.json');
    writeFileSync(file, config('http://127.0.0.1:9'));
    const listening = start(['listen', '--port', '0', '--json'], { cwd, env });
    const origin = /http:\/\/[\d.:]+/.exec(await listening.seen('"listening"'))?.[0] ?? '';
    writeFileSync(file, config(origin));
    const synced = await runCli(['sync', '--yes'], { cwd, env });
    expect(synced.code, synced.stderr).toBe(0);
    const { json } = await call(sandbox, 'GET', '/extensions?extension_object_id=PCHKOUT&limit=100');
    const button = list(json.extensions).find(({ name }) => String(name) === 'Say hello');
    await call(sandbox, 'POST', '/incidents/PINC001/custom_action', {
      body: { custom_action: { webhook: { id: button?.id, type: 'webhook_reference' } } },
    });
    await listening.seen('"noted"');
    listening.child.kill('SIGTERM');
    expect((await listening.ended).code).toBe(0);
    const notes = await call(sandbox, 'GET', '/incidents/PINC001/notes');
    expect(String(list(notes.json.notes)[0]?.content)).toMatch(
      /^pdactions: "Say hello" succeeded after .*Output:\n\nhello from PINC001$/s,
    );
  });
});
