import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { createIo } from '../../src/ui/io.ts';
import { line, styled, TAB } from '../../src/ui/text/text.ts';
import { runs } from '../helpers/runs.ts';
import { Recorder, recordingIo } from './io-world.ts';

const TALK = { quiet: false, debug: false, color: undefined, noInput: false };

describe('lines', () => {
  it('go to stdout or stderr, each with its line break', () => {
    const { io, stdout, stderr } = recordingIo();
    io.out(line('data'));
    io.say(line('talk'));
    expect([stdout.text, stderr.text]).toEqual(['data\n', 'talk\n']);
  });

  it('T01: are made safe span by span; only our own tab is a tab', () => {
    const { io, stdout } = recordingIo();
    io.out(line('a\tb\n', TAB, styled('ok', '\x1b[2J')));
    expect(stdout.text).toBe('a^Ib^J\t^[[2J\n');
  });

  it('I8 T28: hide a secret that is spread over spans, and keep the styles around it', () => {
    const { io, stdout } = recordingIo({ stdout: true });
    io.addSecret('hunter22');
    io.out(line('key ', styled('ok', 'hun'), styled('warn', 'ter22!')));
    expect(stdout.text).toBe('key \x1b[32m[redacted]\x1b[39m\x1b[33m!\x1b[39m\n');
  });

  it('I8 P10: hide it however it is cut into spans, and lose nothing else', () => {
    const cuts = fc.uniqueArray(fc.integer({ min: 0, max: 24 }), { maxLength: 6 });
    const text = 'before hunter22/+x after!';
    fc.assert(
      fc.property(cuts, (places) => {
        const { io, stdout } = recordingIo();
        io.addSecret('hunter22/+x');
        const ends = [...places].sort((a, b) => a - b);
        io.out(
          [0, ...ends].map((start, index) => styled('ok', text.slice(start, ends[index] ?? text.length))),
        );
        expect(stdout.text).toBe('before [redacted] after!\n');
      }),
      { numRuns: runs(300) },
    );
  });

  it('T28: hide a secret that appears only after sanitising, and one with characters that sanitising changes', () => {
    const { io, stdout } = recordingIo();
    io.addSecret('key^[end');
    io.addSecret('tab\tkey');
    io.out(line('key\x1bend tab\tkey'));
    expect(stdout.text).toBe('[redacted] [redacted]\n');
  });

  it('--quiet silences notes, except important ones', () => {
    const { io, stderr } = recordingIo();
    io.configure({ ...TALK, quiet: true });
    io.say(line('chatter'));
    io.say(line('must'), { always: true });
    expect(stderr.text).toBe('must\n');
  });

  it('--debug lets debug lines through', () => {
    const { io, stderr } = recordingIo();
    io.debug(line('before'));
    io.configure({ ...TALK, debug: true });
    io.debug(line('after'));
    expect(stderr.text).toBe('after\n');
    expect(io.debugging).toBe(true);
  });
});

describe('T31: in a CI log', () => {
  it.each([
    ['::error::x', '\\::error::x'],
    ['  ::add-mask::x', '  \\::add-mask::x'],
    ['a ::error::x', 'a ::error::x'],
    ['x ##[command]y', 'x ##\\[command]y'],
    ['##vso[task.setvariable]y', '##vso\\[task.setvariable]y'],
    ['a\n::set-env::x', 'a^J::set-env::x'],
  ])('%j is not a command', (text, shown) => {
    const { io, stdout } = recordingIo({ env: { GITHUB_ACTIONS: 'true' } });
    io.out(line(text));
    expect(stdout.text).toBe(`${shown}\n`);
  });

  it('nor is one that is assembled from spans, or inside a document', () => {
    const { io, stdout } = recordingIo({ env: { GITHUB_ACTIONS: 'true' } });
    io.out(line(':', styled('ok', ':error::x')));
    io.data('name\r\n::error::x,##[group]\r\n');
    expect(stdout.text).toBe('\\::error::x\nname\r\n\\::error::x,##\\[group]\r\n');
  });

  it('elsewhere the text is unchanged', () => {
    const { io, stdout } = recordingIo();
    io.out(line('::error::x'));
    expect(stdout.text).toBe('::error::x\n');
  });
});

describe('documents', () => {
  it('end in one line break and are redacted', () => {
    const { io, stdout } = recordingIo();
    io.addSecret('hunter22');
    io.data('a,hunter22');
    io.data('b\n');
    expect(stdout.text).toBe('a,[redacted]\nb\n');
  });

  it.each([
    ['number', '1234', '{"n": 1234, "s": "x1234"}', { n: 1234, s: 'x[redacted]' }],
    ['piece of an escape', 'nabc', '{"s": "x\\nabc", "t": "nabc"}', { s: 'x\nabc', t: '[redacted]' }],
    ['key', 'hunter22', '{"hunter22": ["hunter22"]}', { '[redacted]': ['[redacted]'] }],
  ])('I10: JSON stays JSON if the secret looks like a %s', (_name, secret, document, expected) => {
    const { io, stdout } = recordingIo();
    io.addSecret(secret);
    io.data(document);
    expect(JSON.parse(stdout.text)).toEqual(expected);
  });

  it('for files are redacted, not sanitised', () => {
    const { io } = recordingIo();
    io.addSecret('hunter22');
    expect(io.redact('a\thunter22\n')).toBe('a\t[redacted]\n');
  });
});

describe('colour', () => {
  const RED = '\x1b[31mx\x1b[39m';
  it.each([
    ['terminal', { stderr: true }, undefined, RED],
    ['pipe', {}, undefined, 'x'],
    ['dumb terminal', { stderr: true, env: { TERM: 'dumb' } }, undefined, 'x'],
    ['NO_COLOR', { stderr: true, env: { NO_COLOR: '1' } }, undefined, 'x'],
    ['empty NO_COLOR', { stderr: true, env: { NO_COLOR: '' } }, undefined, RED],
    ['FORCE_COLOR on a pipe', { env: { FORCE_COLOR: '1' } }, undefined, RED],
    ['FORCE_COLOR=0', { stderr: true, env: { FORCE_COLOR: '0' } }, undefined, 'x'],
    ['NO_COLOR beats FORCE_COLOR', { env: { NO_COLOR: '1', FORCE_COLOR: '1' } }, undefined, 'x'],
    ['--no-color beats FORCE_COLOR', { stderr: true, env: { FORCE_COLOR: '1' } }, false, 'x'],
  ])('%s', (_name, setting, color, shown) => {
    const { io, stderr } = recordingIo(setting);
    io.configure({ ...TALK, color });
    io.say(line(styled('removed', 'x')));
    expect(stderr.text).toBe(`${shown}\n`);
  });

  it('is decided for each stream by itself', () => {
    const { io, stdout, stderr } = recordingIo({ stderr: true });
    io.out(line(styled('removed', 'x')));
    io.say(line(styled('removed', 'x')));
    expect([stdout.text, stderr.text]).toEqual(['x\n', `${RED}\n`]);
    expect(io.paint(line(styled('removed', 'x')))).toBe(RED);
  });
});

describe('prompts', () => {
  const tty = { stdin: true, stderr: true };
  it.each([
    [true, tty, false],
    [true, { ...tty, env: { CI: '' } }, false],
    [true, { ...tty, env: { CI: 'false' } }, false],
    [true, { ...tty, env: { CI: '0' } }, false],
    [false, { ...tty, env: { CI: 'true' } }, false],
    [false, { ...tty, env: { CI: 'woodpecker' } }, false],
    [false, { ...tty, env: { TERM: 'dumb' } }, false],
    [false, tty, true],
    [false, { stdin: true }, false],
    [false, { stderr: true }, false],
  ])('possible: %s with %j and noInput %s', (possible, setting, noInput) => {
    const { io } = recordingIo(setting);
    io.configure({ ...TALK, noInput });
    expect(io.canPrompt).toBe(possible);
  });

  it('standard input is not opened only to find out that no prompt is possible, which would slow every command', () => {
    const stderr = new Recorder();
    const world = {
      get stdin(): never {
        throw new Error('opened');
      },
      ...{ stdout: new Recorder(), stderr, env: {}, cwd: '/', clock: systemClock },
    };
    const io = createIo(world);
    expect([io.canPrompt, io.terminal.stderr]).toEqual([false, false]);
    stderr.isTTY = true;
    expect(() => io.canPrompt).toThrow('opened');
  });
});

describe('the status line', () => {
  it('is redrawn in place, below all other output', () => {
    const { io, stderr } = recordingIo({ stderr: true, stdout: true });
    io.status(line('one'));
    io.status(line('two'));
    io.say(line('hello'));
    io.status(null);
    io.status(null);
    const E = '\r\x1b[2K';
    expect(stderr.text).toBe(`one${E}two${E}hello\ntwo${E}`);
  });

  it('gives way to data on the same screen, not to data in a pipe', () => {
    const screen = recordingIo({ stderr: true, stdout: true });
    screen.io.status(line('busy'));
    screen.io.out(line('data'));
    expect(screen.stderr.text).toBe('busy\r\x1b[2Kbusy');
    const piped = recordingIo({ stderr: true });
    piped.io.status(line('busy'));
    piped.io.out(line('data'));
    expect(piped.stderr.text).toBe('busy');
  });

  it('never wraps, even with wide characters', () => {
    const { io, stderr } = recordingIo({ stderr: true, columns: 10 });
    io.status(line('결제 서비스 결제', styled('ok', 'abc')));
    expect(stripVTControlCharacters(stderr.text)).toBe('결제 서비');
  });

  it('leaves the last column free: some terminals wrap after it', () => {
    const { io, stderr } = recordingIo({ stderr: true, columns: 10 });
    io.status(line('0123456789'));
    expect(stderr.text).toBe('012345678');
  });

  it.each([
    ['a pipe', {}],
    ['a dumb terminal', { stderr: true, env: { TERM: 'dumb' } }],
  ])('does not exist on %s', (_name, setting) => {
    const { io, stderr } = recordingIo(setting);
    io.status(line('busy'));
    io.status(null);
    expect(stderr.text).toBe('');
  });
});

describe('streams that fail', () => {
  const failure = (code: string): NodeJS.ErrnoException => Object.assign(new Error(code), { code });

  it('F37: a reader that goes away ends output quietly', async () => {
    const { io, stdout, stderr } = recordingIo();
    io.out(line('one'));
    stdout.failure = failure('EPIPE');
    io.out(line('two'));
    await io.flush();
    io.out(line('three'));
    io.say(line('still talking'));
    await io.flush();
    expect(stdout.text).toBe('one\n');
    expect(stderr.text).toBe('still talking\n');
    expect(io.outputError).toBeUndefined();
  });

  it('F37: a full disk is remembered', async () => {
    const { io, stdout } = recordingIo();
    stdout.failure = failure('ENOSPC');
    io.data('{}');
    await io.flush();
    io.data('{}');
    expect(io.outputError).toMatchObject({ code: 'ENOSPC' });
  });

  it('F37: so is a stream that throws at once', () => {
    const { io, stdout } = recordingIo();
    stdout.write = () => {
      throw failure('ENOSPC');
    };
    io.out(line('x'));
    expect(io.outputError).toMatchObject({ code: 'ENOSPC' });
  });

  it('F37: a missing stderr stops nothing', async () => {
    const { io, stdout, stderr } = recordingIo();
    stderr.failure = failure('EPIPE');
    io.say(line('lost'));
    await io.flush();
    io.out(line('data'));
    expect(stdout.text).toBe('data\n');
    expect(io.outputError).toBeUndefined();
  });

  it('flush waits for a slow reader', async () => {
    const { io, stdout } = recordingIo();
    let release = (): void => {};
    stdout._write = (_chunk, _encoding, done) => {
      release = () => {
        stdout._write = (_c, _e, next) => next();
        done();
      };
    };
    io.out(line('x'));
    let flushed = false;
    const waiting = io.flush().then(() => {
      flushed = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(flushed).toBe(false);
    release();
    await waiting;
    expect(flushed).toBe(true);
  });
});

describe('width', () => {
  it.each([
    ['the terminal of stdout', { stdout: true, columns: 120 }, 120],
    ['the terminal of stderr', { stderr: true, columns: 100 }, 100],
    ['80 without a terminal', { columns: 120 }, 80],
  ])('%s', (_name, setting, width) => {
    expect(recordingIo(setting).io.width).toBe(width);
  });
});
