import { describe, expect, it } from 'vitest';
import { isInternalHost } from '../../src/config/check/special-addresses.ts';
import { checkUrl } from '../../src/config/check/url.ts';
import { CANARY, configOf, load, problemsOf, warningsOf, withAction } from './world.ts';

describe('checkUrl', () => {
  it('takes a URL of 2,048 characters, and refuses a longer one', () => {
    const longest = 'https://hooks.example.com/'.padEnd(2048, 'x');
    expect([checkUrl(longest).ok, checkUrl(`${longest}x`).ok]).toEqual([true, false]);
  });

  it.each([
    'https://hooks.example.com/a',
    'https://Hooks.Example.com:8443/a?b=c',
    'https://xn--bcher-kva.example/',
    'https://[2606:4700::1111]/',
  ])('takes %s', (url) => {
    expect(checkUrl(url)).toMatchObject({ ok: true, value: url });
  });

  it.each([
    ['T09', 'javascript:alert(1)', /neither https nor http/],
    ['T09', 'data:text/plain,x', /neither https nor http/],
    ['T09', 'file:///etc/passwd', /neither https nor http/],
    ['T09', 'ftp://example.com/', /neither https nor http/],
    ['T09', '', /is empty/],
    ['T09', '/relative', /not absolute/],
    ['T09', 'hooks.example.com/a', /not absolute/],
    ['T09', '//hooks.example.com/a', /not absolute/],
    ['T10', 'https:example.com', /no host/],
    ['T10', 'https:///example.com', /no host/],
    ['T10', 'https://', /no host/],
    ['T10', ' https://example.com', /a space/],
    ['T10', 'https://exa\tmple.com', /a tab/],
    ['T10', 'https://example.com/a\nb', /a line break/],
    ['T10', 'https:\\\\example.com', /a backslash/],
    ['T10', 'https://example.com\\@evil.com/', /a backslash/],
    ['T10', 'https://%65vil.com/', /would be read as evil\.com/],
    ['T10', 'https://ｅvil.com/', /would be read as evil\.com/],
    ['T10', 'https://ⓔvil.com/', /would be read as evil\.com/],
    ['T10', 'https://①.0.0.1/', /would be read as 1\.0\.0\.1/],
    ['T10', 'https://evil。com/', /would be read as evil\.com/],
    ['T10', 'https://ex\u200bample.com/', /U\+200B/],
    ['T10', 'https://exa mple.com/', /a space/],
    ['T10', 'https://example.com:99999/', /not valid/],
  ])('%s refuses %j', (_row, url, message) => {
    expect(checkUrl(url)).toMatchObject({ ok: false, message: expect.stringMatching(message) });
  });

  it.each([
    'https://user:pass@example.com/',
    'https://user@example.com/',
    'https://@example.com/',
    'https://a@b@example.com/',
  ])('T07 refuses user information in %s', (url) => {
    expect(checkUrl(url)).toMatchObject({ ok: false, fix: expect.stringContaining('${NAME}') });
  });

  it('T13 refuses an endless URL', () => {
    const check = checkUrl(`https://example.com/${'x'.repeat(1_000_000)}`);
    expect(check).toMatchObject({ ok: false, message: 'the URL is longer than 2048 characters' });
  });

  it('T08 refuses http unless it is allowed, and always with secrets', () => {
    const url = 'http://hooks.example.com/a';
    expect(checkUrl(url)).toMatchObject({ ok: false, fix: expect.stringContaining('allowInsecureUrl') });
    expect(checkUrl(url, { allowInsecureUrl: true }).ok).toBe(true);
    expect(checkUrl(url, { allowInsecureUrl: true, sendsSecrets: true })).toMatchObject({
      ok: false,
      message: expect.stringContaining('unencrypted over http://'),
    });
    const withPassword = 'http://u:p@hooks.example.com/a';
    expect(checkUrl(withPassword, { allowInsecureUrl: true, allowUserinfo: true }).ok).toBe(false);
  });

  it('T08 allows http to this machine, with a warning: nothing leaves it', () => {
    const check = checkUrl('http://127.0.0.1:4040/hook', { sendsSecrets: true });
    expect(check).toMatchObject({
      ok: true,
      warnings: [expect.stringContaining('PagerDuty cannot reach it')],
    });
  });

  it('T12 a press from here reaches this machine, and no internal one; --strict assumes PagerDuty as the sender', () => {
    const judge = (host: string, strict = false) =>
      checkUrl(`https://${host}/`, { pressedHere: true, strict, isInternal: isInternalHost });
    for (const host of ['127.0.0.1', 'localhost', '[::1]']) {
      expect(judge(host)).toMatchObject({ ok: true, warnings: [] });
      expect(judge(host, true)).toMatchObject({ ok: false });
    }
    expect(judge('10.0.0.1')).toMatchObject({ warnings: [expect.stringContaining('cannot reach')] });
  });

  it('T11 shows the real form of a name in another script', () => {
    expect(checkUrl('https://аррӏе.com/')).toMatchObject({
      ok: true,
      warnings: ['the host is an internationalized domain name: it is actually xn--80ak6aa92e.com'],
    });
    expect(checkUrl('https://bücher.example/').ok).toBe(true);
  });

  it('T11 refuses a host that mixes scripts unless it is allowed', () => {
    expect(checkUrl('https://аpple.com/')).toMatchObject({
      ok: false,
      message: expect.stringContaining('xn--pple-43d.com'),
    });
    expect(checkUrl('https://xn--pple-43d.com/').ok).toBe(false);
    expect(checkUrl('https://аpple.com/', { allowIdn: true }).ok).toBe(true);
    expect(checkUrl('https://東京カタカナabc.example/').ok).toBe(true);
  });

  const INTERNAL = [
    'http://127.0.0.1/',
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://169.254.169.254/latest/meta-data',
    'https://10.1.2.3/',
    'https://172.16.0.1/',
    'https://192.168.1.1/',
    'https://100.64.0.1/',
    'https://[fd00::1]/',
    'https://[fe80::1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[2002:7f00:1::]/',
    'https://[::127.0.0.1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://[::ffff:0:10.0.0.1]/',
    'https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/',
    'https://[64:ff9b:1::7f00:1]/',
    'https://[2001:db8::1]/',
    'https://[3fff::1]/',
    'https://[100::1]/',
    'https://[fec0::1]/',
    'https://[ff02::1]/',
    'https://[5f00::1]/',
    'https://[4000::1]/',
    'https://192.0.2.1/',
    'https://198.51.100.1/',
    'https://203.0.113.1/',
    'https://198.18.0.1/',
    'https://192.88.99.1/',
    'https://240.0.0.1/',
    'https://255.255.255.255/',
    'https://0.1.2.3/',
    'https://localhost./',
    'https://LOCALHOST/',
    'https://metadata.google.internal/',
    'https://printer.local/',
    'https://jenkins/',
  ];

  it.each(INTERNAL)('T12 warns of %s, and refuses it when strict', (url) => {
    const check = checkUrl(url, { allowInsecureUrl: true, isInternal: isInternalHost });
    expect(check).toMatchObject({ ok: true });
    expect(check.ok && check.warnings.join()).toContain('PagerDuty cannot reach it');
    expect(checkUrl(url, { allowInsecureUrl: true, strict: true, isInternal: isInternalHost }).ok).toBe(
      false,
    );
  });

  it('T12 shows the address that a number means', () => {
    expect(checkUrl('https://2130706433/')).toMatchObject({
      warnings: [
        'the host is written as a number and is read as 127.0.0.1',
        expect.stringContaining('127.0.0.1'),
      ],
    });
  });

  it('T12 lets public hosts pass', () => {
    expect(
      [
        '8.8.8.8',
        '172.32.0.1',
        '[2606:4700::1111]',
        '[2001:4860:4860::8888]',
        '[::ffff:808:808]',
        'example.com',
        'localhost.example.com',
      ].filter(isInternalHost),
    ).toEqual([]);
  });

  it.each([
    'https://example.com/?key=--redacted--',
    'https://example.com/redacted',
    'https://example.com/?a=1&b=REDACTED',
  ])('refuses %s, which PagerDuty has hidden', (url) => {
    expect(checkUrl(url)).toMatchObject({
      ok: false,
      message: expect.stringContaining('not the value itself'),
    });
  });

  it('warns of a fragment, which is never sent', () => {
    expect(checkUrl('https://example.com/#x')).toMatchObject({
      warnings: [expect.stringContaining('after #')],
    });
  });
});

describe('the URL of an action', () => {
  it('T07 refuses a literal password, and treats one from a variable as a secret', async () => {
    const literal = await load(withAction({ url: `https://user:${CANARY}@hooks.example.com/` }));
    expect(problemsOf(literal)).toEqual([
      expect.stringContaining('actions.a.url: the URL contains a user name or password in plain text'),
    ]);
    expect(JSON.stringify(literal)).not.toContain(CANARY);
    const config = await configOf(withAction({ url: 'https://user:${PASS}@hooks.example.com/' }), {
      env: { PASS: CANARY },
    });
    expect(config.actions.get('a')?.url).toBe(`https://user:${CANARY}@hooks.example.com/`);
    expect(config.actions.get('a')?.urlSource).toBe('https://user:${PASS}@hooks.example.com/');
    expect(config.secrets).toEqual([CANARY, CANARY.toLowerCase(), `user:${CANARY}`]);
  });

  it.each(['https://${USER}:literal@hooks.example.com/', 'https://u:${PASS:-literal}@hooks.example.com/'])(
    'T07 treats %s as a literal password',
    async (url) => {
      expect(problemsOf(await load(withAction({ url }), { env: { USER: 'me' } }))).toHaveLength(1);
    },
  );

  it('T08 refuses a secret header over http', async () => {
    const http = { url: 'http://hooks.example.com/', allowInsecureUrl: true };
    expect((await load(withAction({ ...http, headers: { 'X-Team': 'web' } }))).ok).toBe(true);
    expect((await load(withAction({ ...http, headers: { 'X-Team': '${T}' } }), { env: { T: 'x' } })).ok).toBe(
      false,
    );
    expect((await load(withAction({ ...http, headers: { Authorization: 'x' } }))).ok).toBe(false);
  });

  it.each([
    'http://hooks.example.com/${T}',
    'http://hooks.example.com/?a=${T}',
    'http://hooks.example.com/?sig=4f1c9e2a',
    'http://${T}@hooks.example.com/',
  ])('T08 refuses a secret in the URL over http: %s', async (url) => {
    const result = await load(withAction({ url, allowInsecureUrl: true }), { env: { T: CANARY } });
    expect(problemsOf(result)).toEqual([expect.stringContaining('unencrypted over http://')]);
  });

  it('T08 allows a variable host over http, if nothing is secret', async () => {
    const action = { url: 'http://${HOST}/a?env=prod', allowInsecureUrl: true };
    expect((await load(withAction(action), { env: { HOST: 'hooks.example.com' } })).ok).toBe(true);
  });

  it.each(['code', 'sig', 'token', 'api_key', 'routing-key'])(
    'warns of a literal credential in the parameter %s, and treats it as a secret',
    async (name) => {
      const text = withAction({ url: `https://hooks.example.com/a?v=1&${name}=c4n%2Bary` });
      expect(warningsOf(await load(text))).toEqual([
        expect.stringContaining(`the parameter \`${name}\`, which looks secret, is written in the file`),
      ]);
      expect((await configOf(text)).secrets).toEqual(['c4n%2Bary', 'c4n+ary']);
    },
  );

  it.each(['a1B2c3D4e5F6', '0123456789abcdef0123', '3f2b8c1e-9d4a-4b7f-8e21-5c6d7e8f9a0b'])(
    'treats %s as a credential, whatever its name',
    async (value) => {
      const url = `https://hooks.example.com/a?k=${value}`;
      expect((await configOf(withAction({ url }))).secrets).toEqual([value]);
    },
  );

  it('does not warn of one from a variable, nor of an ordinary parameter', async () => {
    const text = withAction({ url: 'https://hooks.example.com/a?sig=${T}&source=pagerduty&code=' });
    const result = await load(text, { env: { T: CANARY } });
    expect(warningsOf(result)).toEqual([]);
    expect(result.ok && result.config.secrets).toEqual([CANARY]);
  });

  it('T11 and T12 warn with a position, and T12 refuses when strict', async () => {
    const text = withAction({ url: 'https://10.0.0.1/' });
    expect(warningsOf(await load(text))).toEqual([
      '1:49 actions.a.url: the host 10.0.0.1 is inside a private network: PagerDuty cannot reach it',
    ]);
    expect(problemsOf(await load(text, { strict: true }))).toHaveLength(1);
  });

  it('T12 recognises an address in any spelling, and checks none from a variable', async () => {
    for (const url of ['https://2886729729/', 'https://192.0.2.1/${X}', 'https://[2001:db8::1]/']) {
      const result = await load(withAction({ url }), { env: { X: 'x' } });
      expect(warningsOf(result).join(), url).toContain('PagerDuty cannot reach it');
      expect((await load(withAction({ url }), { env: { X: 'x' }, strict: true })).ok, url).toBe(false);
    }
    expect(warningsOf(await load(withAction({ url: 'https://8.8.8.8/' })))).toEqual([]);
    const hidden = await load(withAction({ url: 'https://${X}/' }), { env: { X: '192.0.2.1' } });
    expect(warningsOf(hidden)).toEqual([]);
  });

  it.each([
    'https://${X}/',
    'https://${X}.internal/',
    'https://%41${X}.example.com/',
    'https://а${X}.com/',
    'https://h.example.com:${X}/',
    '${X}',
    'https://${X}@h.example.com\\',
    'http://h.example.com/${X}',
  ])('shows nothing of a variable in %s', async (url) => {
    const result = await load(withAction({ url }), { env: { X: CANARY.toLowerCase() } });
    const said = JSON.stringify([result.warnings, problemsOf(result)]);
    expect(said.toLowerCase()).not.toContain(CANARY.toLowerCase());
  });

  it.each([
    ['a host', 'https://${X}/a', 'hooks.example.com', ['hooks.example.com']],
    ['a part of a host', 'https://${X}.example.com/a', 'Dev', ['Dev', 'dev', 'dev.example.com']],
    ['a base URL', '${X}/a', 'https://hooks.example.com', ['https://hooks.example.com', 'hooks.example.com']],
    ['a path', 'https://hooks.example.com/${X}', 'T0/B0/xyz', ['T0/B0/xyz']],
    ['a query value', 'https://hooks.example.com/?k=${X}', 'abc', ['abc']],
    [
      'a URL with a path, with and without its beginning',
      '${X}',
      'https://hooks.example.com/T0/B0/xyz',
      ['https://hooks.example.com/T0/B0/xyz', '/T0/B0/xyz', 'hooks.example.com'],
    ],
    [
      'the rest of a masked path',
      'https://hooks.example.com/${X}',
      'abcdefgh?x=12345678',
      ['abcdefgh?x=12345678', 'abcdefgh', '12345678'],
    ],
    [
      'user information, also decoded',
      'https://${X}@hooks.example.com/',
      'u:p%40',
      ['u:p%40', 'u:p@', 'p%40', 'p@'],
    ],
  ])('redacts secrets: %s', async (_name, url, X, secrets) => {
    expect((await configOf(withAction({ url }), { env: { X } })).secrets).toEqual(secrets);
  });
});
