import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { CancelledError, UsageError } from '../../src/errors.ts';
import { createIo, type Io } from '../../src/ui/io.ts';
import { createPrompter, growingList, type Prompter, WentBack } from '../../src/ui/prompt/prompter.ts';
import { line, styled } from '../../src/ui/text/text.ts';
import { createVirtualTerminal, type VirtualTerminal } from '../helpers/virtual-terminal.ts';

let terminal: VirtualTerminal;
let io: Io;
let prompter: Prompter;

beforeEach(() => {
  terminal = createVirtualTerminal();
  io = createIo({ ...terminal.streams, env: { LANG: 'C.UTF-8' }, cwd: '/', clock: systemClock });
  prompter = createPrompter(io, terminal.streams);
});

afterEach(() => {
  expect(terminal.raw).toBe(false);
  expect(terminal.cursor().visible).toBe(true);
  expect(terminal.stdoutText).toBe('');
});

const services = ['Billing', 'Checkout API', 'Checkout UI', 'Search'].map((name, index) => ({
  value: index,
  name: line(name, styled('muted', '  ●●○')),
  description: `service ${name}`,
  disabled: name === 'Search' ? 'no free slot' : undefined,
}));

describe('input', () => {
  const validate = (value: string) =>
    value.trim() === '' ? 'a label is required' : value.length <= 5 || `${value.length} characters, 5 fit`;

  it('validates while the user types, and accepts only valid input', async () => {
    const answer = prompter.input({ message: 'Label', validate });
    await terminal.waitFor('? Label');
    expect(terminal.screen()).not.toContain('required');
    terminal.type('Restart');
    await terminal.waitFor('> 7 characters, 5 fit');
    terminal.press('enter');
    terminal.press('backspace', 'backspace');
    await terminal.waitFor(/Label Resta$/);
    terminal.press('enter');
    expect(await answer).toBe('Resta');
    expect(terminal.screen()).toBe('✔ Label Resta');
  });

  it('explains an empty input after Enter', async () => {
    const answer = prompter.input({ message: 'Label', validate });
    await terminal.waitFor('Label');
    terminal.press('enter');
    await terminal.waitFor('> a label is required');
    terminal.type('ok');
    await terminal.waitFor(/Label ok$/);
    terminal.press('enter');
    expect(await answer).toBe('ok');
  });

  it('trims pasted text', async () => {
    const answer = prompter.input({ message: 'Label', validate });
    await terminal.waitFor('Label');
    terminal.type('  ok ');
    await terminal.waitFor('Label   ok');
    terminal.press('enter');
    expect(await answer).toBe('ok');
  });

  it('offers a corrected value, and accepts it only after it was shown', async () => {
    const answer = prompter.input({
      message: 'URL',
      validate: (value) => value.startsWith('https://') || 'no scheme',
      repair: (value) => (value.includes('.') ? `https://${value}` : undefined),
    });
    await terminal.waitFor('URL');
    terminal.type('a.example');
    await terminal.waitFor('> no scheme\ntab https://a.example');
    terminal.press('enter');
    await terminal.waitFor(/URL https:\/\/a\.example$/);
    terminal.press('enter');
    expect(await answer).toBe('https://a.example');
  });

  it('takes the default on Enter, and puts it on the line on Tab', async () => {
    const taken = prompter.input({ message: 'Label', default: 'Ping' });
    await terminal.waitFor('Label (Ping)');
    terminal.press('enter');
    expect(await taken).toBe('Ping');
    const edited = prompter.input({ message: 'Again', default: 'Ping' });
    await terminal.waitFor('Again (Ping)');
    terminal.press('tab');
    terminal.type('!');
    await terminal.waitFor('Again Ping!');
    terminal.press('enter');
    expect(await edited).toBe('Ping!');
  });

  it('keeps the cursor at the input', async () => {
    const answer = prompter.input({ message: 'Label', validate });
    await terminal.waitFor('Label');
    terminal.type('abcdefg');
    await terminal.waitFor('7 characters');
    expect(terminal.cursor()).toMatchObject({ row: 0, column: '? Label abcdefg'.length });
    terminal.press('ctrl+u');
    terminal.type('x');
    await terminal.waitFor(/Label x$/);
    terminal.press('enter');
    expect(await answer).toBe('x');
  });

  it('T01 T28: prints nothing raw, neither text of PagerDuty nor a secret', async () => {
    io.addSecret('hunter22');
    const answer = prompter.input({
      message: 'URL of \x1b[2J hunter22',
      default: 'a\x9bb',
      validate: (value) => value === 'ok' || `not \u202e${value}`,
    });
    await terminal.waitFor('? URL of ^[[2J [redacted] (a\\u{9b}b)');
    terminal.type('x');
    await terminal.waitFor('> not \\u{202e}x');
    terminal.press('backspace');
    terminal.type('hunter22');
    await terminal.waitFor('[redacted]\n');
    terminal.press('ctrl+u');
    terminal.type('ok');
    await terminal.waitFor(/ ok$/);
    terminal.press('enter');
    expect(await answer).toBe('ok');
    expect(terminal.stderrText).not.toMatch(/\u202e|\x9b|hunter22/);
  });
});

describe('secret', () => {
  it('T28: shows stars, later not even their number, and hides the value from then on', async () => {
    const answer = prompter.secret({
      message: 'Token',
      validate: (value) => value.length > 6 || 'too short',
    });
    await terminal.waitFor('Token');
    terminal.type('hunter');
    await terminal.waitFor('Token ******\n> too short');
    terminal.type('2222');
    await terminal.waitFor(/\*{10}$/);
    terminal.press('enter');
    expect(await answer).toBe('hunter2222');
    expect(terminal.screen()).toBe('✔ Token ********');
    io.say(line('it is hunter2222'));
    expect(terminal.screen()).toContain('it is [redacted]');
    expect(terminal.stderrText).not.toContain('hunter');
  });
});

describe('find', () => {
  it('finds by typing and describes the entry under the cursor', async () => {
    const answer = prompter.find({ message: 'Service', list: services });
    await terminal.waitFor('❯ Billing  ●●○');
    terminal.type('check');
    await terminal.waitFor(/❯ Checkout API.*\n.*Checkout UI/);
    terminal.press('down');
    await terminal.waitFor('service Checkout UI');
    terminal.press('enter');
    expect(await answer).toBe(2);
    expect(terminal.screen()).toBe('✔ Service Checkout UI  ●●○');
  });

  it('takes words in any order, even of hidden text, names first', async () => {
    const list = [
      { value: 1, name: 'Ledger', keywords: 'Payments prod' },
      { value: 2, name: 'Prod Payments' },
      { value: 3, name: 'Payments Test' },
    ];
    const answer = prompter.find({ message: 'Service', list });
    await terminal.waitFor('❯ Ledger');
    terminal.type('pay prod');
    await terminal.waitFor(/Service pay prod\n❯ Prod Payments\n {2}Ledger\ntype/);
    terminal.press('enter');
    expect(await answer).toBe(2);
  });

  it('lists a few disabled entries with the reason, and never takes one', async () => {
    const answer = prompter.find({ message: 'Service', list: services });
    await terminal.waitFor('- Search  ●●○ (no free slot)');
    terminal.type('sea');
    await terminal.waitFor(/Service sea\n- Search/);
    terminal.press('enter');
    await terminal.waitFor(/Service sea\n- Search/);
    terminal.press('ctrl+u');
    terminal.type('bil');
    await terminal.waitFor(/Service bil\n❯ Billing/);
    terminal.press('enter');
    expect(await answer).toBe(0);
  });

  it('folds many disabled entries into one line', async () => {
    const full = Array.from({ length: 40 }, (_, value) => ({
      value,
      name: `full ${value}`,
      disabled: 'full',
    }));
    const answer = prompter.find({ message: 'Service', list: [...full, { value: -1, name: 'free' }] });
    await terminal.waitFor(/❯ free\n- 40 not available: full\n/);
    terminal.press('enter');
    expect(await answer).toBe(-1);
  });

  it('scrolls through all of them, page by page, and counts', async () => {
    const list = Array.from({ length: 5_000 }, (_, value) => ({ value, name: `svc-${value}` }));
    const answer = prompter.find({ message: 'Service', list });
    await terminal.waitFor('1 of 5000');
    terminal.press('pagedown', 'pagedown', 'down');
    await terminal.waitFor(/❯ svc-21\n/);
    expect(terminal.screen()).toContain('22 of 5000');
    expect(terminal.screen().match(/svc-/g)).toHaveLength(10);
    terminal.press('pageup', 'up');
    await terminal.waitFor(/❯ svc-10\n/);
    terminal.type('x');
    await terminal.waitFor('no matches');
    terminal.press('ctrl+u');
    terminal.type('svc-4321');
    await terminal.waitFor('❯ svc-4321');
    terminal.press('enter');
    expect(await answer).toBe(4321);
  });

  it('keeps the typed text when the cursor moves', async () => {
    const answer = prompter.find({ message: 'Service', list: services });
    await terminal.waitFor('❯ Billing');
    terminal.type('check');
    await terminal.waitFor('❯ Checkout API');
    terminal.press('down');
    await terminal.waitFor('❯ Checkout UI');
    terminal.type('out a');
    await terminal.waitFor(/Service checkout a\n❯ Checkout API/);
    terminal.press('enter');
    expect(await answer).toBe(1);
  });

  it('a row stays one row, however narrow the terminal', async () => {
    const narrow = createVirtualTerminal({ columns: 40 });
    const asking = createPrompter(
      createIo({ ...narrow.streams, env: { LANG: 'C.UTF-8' }, cwd: '/', clock: systemClock }),
      narrow.streams,
    );
    const list = ['a', 'b'].map((value) => ({ value, name: `${value} ${'long '.repeat(20)}` }));
    const answer = asking.find({ message: 'Which', list });
    await narrow.waitFor(/\n❯ a (long )+l?o?n?g?…\n {2}b (long )+l?o?n?g?…\n/);
    narrow.press('enter');
    expect(await answer).toBe('a');
  });

  it('adds new entries while it is on the screen, and keeps the cursor on its entry', async () => {
    const list = growingList<string>();
    const choice = (value: string) => ({ value, name: value });
    list.show(['beta', 'gamma'].map(choice), 'reading more …');
    const answer = prompter.find({ message: 'Service', list });
    await terminal.waitFor('reading more …');
    terminal.press('down');
    await terminal.waitFor('❯ gamma');
    list.show(['alpha', 'beta', 'gamma', 'delta'].map(choice));
    await terminal.waitFor(/ {2}alpha\n {2}beta\n❯ gamma\n {2}delta/);
    expect(terminal.screen()).not.toContain('reading');
    terminal.press('enter');
    expect(await answer).toBe('gamma');
  });

  it('fails with the error of the remaining list', async () => {
    const list = growingList<string>();
    list.show([], 'reading …');
    const answer = prompter.find({ message: 'Service', list });
    await terminal.waitFor('reading …');
    const error = new UsageError('no such team');
    list.fail(error);
    await expect(answer).rejects.toBe(error);
  });
});

describe('findMany', () => {
  it('gives the marked entries, in that order; without a mark the one under the cursor', async () => {
    const answer = prompter.findMany({ message: 'Services', list: services });
    await terminal.waitFor('❯ ◯ Billing');
    terminal.press('down', 'tab', 'up', 'tab', 'down', 'down', 'tab', 'tab');
    await terminal.waitFor(/◉ Billing.*\n.*◉ Checkout API.*\n❯ ◯ Checkout UI/);
    expect(terminal.screen()).toContain('2 marked');
    terminal.press('enter');
    expect(await answer).toEqual([1, 0]);
    const single = prompter.findMany({ message: 'Again', list: services });
    await terminal.waitFor(/Again[\s\S]*❯ ◯ Billing/);
    terminal.press('enter');
    expect(await single).toEqual([0]);
  });

  it('keeps marks while other words are typed', async () => {
    const answer = prompter.findMany({ message: 'Services', list: services });
    await terminal.waitFor('❯ ◯ Billing');
    terminal.press('tab');
    terminal.type('ui');
    await terminal.waitFor(/Services ui\n❯ ◯ Checkout UI/);
    terminal.press('tab', 'enter');
    expect(await answer).toEqual([0, 2]);
  });
});

describe('Esc', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['input', () => prompter.input({ message: 'Ask', back: true })],
    ['find', () => prompter.find({ message: 'Ask', list: services, back: true })],
    ['select', () => prompter.select({ message: 'Ask', choices: services, back: true })],
    ['confirm', () => prompter.confirm({ message: 'Ask', default: true, back: true })],
  ])('goes back in %s', async (_, start) => {
    const answer = start();
    await terminal.waitFor('Ask');
    terminal.press('escape');
    await expect(answer).rejects.toBeInstanceOf(WentBack);
  });

  it('keeps the typed text', async () => {
    let typed = '';
    const onType = (value: string): void => {
      typed = value;
    };
    const first = prompter.input({ message: 'Ask', back: true, onType });
    await terminal.waitFor('Ask');
    terminal.type('half a la');
    await terminal.waitFor('half a la');
    terminal.press('escape');
    await expect(first).rejects.toBeInstanceOf(WentBack);
    const second = prompter.input({ message: 'Again', typed });
    await terminal.waitFor('Again half a la');
    terminal.type('bel');
    await terminal.waitFor('Again half a label');
    terminal.press('enter');
    expect(await second).toBe('half a label');
  });

  it('does nothing without a previous question', async () => {
    const answer = prompter.confirm({ message: 'Ask', default: true });
    await terminal.waitFor('Ask');
    terminal.press('escape');
    terminal.press('enter');
    expect(await answer).toBe(true);
  });
});

describe('select, checkbox and confirm', () => {
  it('select', async () => {
    const choices = [
      { value: 'a', name: 'Alpha' },
      { value: 'b', name: 'Beta', disabled: 'full' },
      { value: 'c', name: 'Gamma' },
    ];
    const answer = prompter.select({ message: 'Which', choices, default: 'c' });
    await terminal.waitFor('❯ Gamma');
    expect(terminal.screen()).toContain('Beta (full)');
    terminal.press('up', 'up');
    await terminal.waitFor('❯ Alpha');
    terminal.press('enter');
    expect(await answer).toBe('a');
    expect(terminal.screen()).toBe('✔ Which Alpha');
  });

  it('checkbox', async () => {
    const choices = ['a', 'b', 'c'].map((value) => ({ value, name: value.toUpperCase() }));
    const answer = prompter.checkbox({ message: 'Which', choices });
    await terminal.waitFor('❯◯ A');
    terminal.press('space', 'down', 'down', 'space');
    await terminal.waitFor('❯◉ C');
    terminal.press('enter');
    expect(await answer).toEqual(['a', 'c']);
  });

  it('checkbox: if one is required, none is not an answer', async () => {
    const choices = ['a', 'b'].map((value) => ({ value, name: value.toUpperCase() }));
    const answer = prompter.checkbox({ message: 'Which', choices, required: true });
    await terminal.waitFor('❯◯ A');
    terminal.press('enter');
    await terminal.waitFor('> space selects, ⏎ submits the selection');
    terminal.press('space');
    await terminal.waitFor('❯◉ A');
    terminal.press('enter');
    expect(await answer).toEqual(['a']);
  });

  it.each([
    ['the default yes', true, '', true],
    ['the default no', false, '', false],
    ['a typed yes', false, 'y', true],
    ['a typed no', true, 'n', false],
  ])('confirm: %s', async (_name, preselected, typed, expected) => {
    const answer = prompter.confirm({ message: 'Apply 3 changes?', default: preselected });
    await terminal.waitFor(preselected ? '(Y/n)' : '(y/N)');
    terminal.type(typed);
    terminal.press('enter');
    expect(await answer).toBe(expected);
  });
});

describe('going back and interruptions', () => {
  const prompts: [string, () => Promise<unknown>, string][] = [
    ['input', () => prompter.input({ message: 'Ask' }), 'Ask'],
    ['secret', () => prompter.secret({ message: 'Ask' }), 'Ask'],
    ['find', () => prompter.find({ message: 'Ask', list: services }), '❯ Billing'],
    ['select', () => prompter.select({ message: 'Ask', choices: services }), '❯ Billing'],
    ['checkbox', () => prompter.checkbox({ message: 'Ask', choices: services }), '❯◯ Billing'],
    ['confirm', () => prompter.confirm({ message: 'Ask', default: true }), 'Ask'],
  ];

  it.each(prompts)('F34: Ctrl-C in %s gives the terminal back', async (_name, start, shown) => {
    const answer = start();
    await terminal.waitFor(shown);
    expect(terminal.raw).toBe(true);
    terminal.press('ctrl+c');
    await expect(answer).rejects.toBeInstanceOf(CancelledError);
  });

  it.each(prompts)('Ctrl-D in %s, which closes the input, is the same', async (_name, start, shown) => {
    const answer = start();
    await terminal.waitFor(shown);
    terminal.press('ctrl+d');
    await expect(answer).rejects.toBeInstanceOf(CancelledError);
  });

  it('F34: a signal ends the question, with its reason', async () => {
    const controller = new AbortController();
    const signalled = createPrompter(io, { ...terminal.streams, signal: controller.signal });
    const answer = signalled.confirm({ message: 'Apply?', default: false });
    await terminal.waitFor('Apply?');
    const reason = new CancelledError('cancelled', 'SIGTERM');
    controller.abort(reason);
    await expect(answer).rejects.toBe(reason);
    await expect(signalled.confirm({ message: 'Again?', default: false })).rejects.toBe(reason);
  });

  it('a prompt can be shown again after that', async () => {
    const first = prompter.input({ message: 'One' });
    await terminal.waitFor('One');
    terminal.press('ctrl+c');
    await expect(first).rejects.toBeInstanceOf(CancelledError);
    const second = prompter.input({ message: 'Two' });
    await terminal.waitFor('Two');
    terminal.type('x');
    await terminal.waitFor('Two x');
    terminal.press('enter');
    expect(await second).toBe('x');
  });
});

describe('the screen', () => {
  it('prompts appear in place of the status line', async () => {
    io.status(line('reading services'));
    const answer = prompter.confirm({ message: 'Go?', default: true });
    await terminal.waitFor('Go?');
    expect(terminal.screen()).not.toContain('reading');
    terminal.press('enter');
    await answer;
  });

  it('has no colour if colour is off', async () => {
    io.configure({ quiet: false, debug: false, color: false, noInput: false });
    const answer = prompter.find({ message: 'Service', list: services });
    await terminal.waitFor('❯ Billing');
    terminal.press('enter');
    await answer;
    for (const code of [1, 2, 32, 33, 36]) expect(terminal.stderrText).not.toContain(`\x1b[${code}m`);
  });
});
