import { describe, expect, it } from 'vitest';
import { withoutCuts } from '../../src/cut.ts';
import { judge } from '../../src/pagerduty/http/failure.ts';
import { judgeFailure } from '../../src/pagerduty/http/no-answer.ts';
import { fetchFailed, json, raw } from './answers.ts';

const HTML = '<html><body>Bad gateway</body></html>';

describe('an answer', () => {
  it('in which every text is long is reported briefly', () => {
    const long = 'x'.repeat(5_000);
    const headers = { 'x-request-id': long, 'content-type': `text/${long}`, location: `https://${long}/` };
    for (const status of [200, 302, 400]) {
      const judged = judge(raw(status, long, headers), true);
      if (judged.ok) throw new Error('taken for a good answer');
      expect(withoutCuts(JSON.stringify(judged.failure)).length).toBeLessThan(1_000);
    }
  });

  it.each([
    ['429 with a reset', json(429, {}, { 'ratelimit-reset': '7' }), 'rate-limited', 7000],
    ['F04 reset -1', raw(429, '', { 'ratelimit-reset': '-1' }), 'rate-limited', undefined],
    ['F04 reset 0', raw(429, '', { 'ratelimit-reset': '0' }), 'rate-limited', undefined],
    ['F04 reset 3.7', raw(429, '', { 'ratelimit-reset': '3.7' }), 'rate-limited', undefined],
    ['F04 reset 1e9', raw(429, '', { 'ratelimit-reset': '1e9' }), 'rate-limited', undefined],
    ['F04 reset 1000000000', raw(429, '', { 'ratelimit-reset': '1000000000' }), 'rate-limited', 120_000],
    ['F04 reset abc', raw(429, '', { 'ratelimit-reset': 'abc' }), 'rate-limited', undefined],
    ['F04 reset list', raw(429, '', { 'ratelimit-reset': '20, 30' }), 'rate-limited', undefined],
    ['F03 429 HTML', raw(429, HTML, { 'content-type': 'text/html' }), 'rate-limited', undefined],
    ['F05', json(500, { error: { code: 2000, message: 'Internal' } }), 'server-error', undefined],
    ['F06', raw(502, HTML, { 'content-type': 'text/html' }), 'server-error', undefined],
    ['F07 seconds', raw(503, '', { 'retry-after': '20' }), 'server-error', 20_000],
    [
      'F07 date',
      raw(503, '', {
        date: 'Mon, 23 Nov 2026 10:00:00 GMT',
        'retry-after': 'Mon, 23 Nov 2026 10:00:30 GMT',
      }),
      'server-error',
      30_000,
    ],
    [
      'F07 past date',
      raw(503, '', {
        date: 'Mon, 23 Nov 2026 10:00:00 GMT',
        'retry-after': 'Mon, 23 Nov 2026 09:00:00 GMT',
      }),
      'server-error',
      undefined,
    ],
    ['F07 garbage', raw(503, '', { 'retry-after': 'soon' }), 'server-error', undefined],
    ['F08', json(408, {}), 'took-too-long', undefined],
    ['F17', raw(200, '{"extensions":[', { 'content-type': 'application/json' }), 'cut', undefined],
    ['F18', raw(200, HTML, { 'content-type': 'text/html' }), 'not-json', undefined],
    [
      'F20',
      raw(401, 'HTTP Token: Access denied.', { 'content-type': 'text/html' }),
      'unauthorized',
      undefined,
    ],
    ['F21', json(403, { error: { code: 2010 } }), 'forbidden', undefined],
    ['F22', json(402, { error: { code: 2014 } }), 'ability', undefined],
    ['F23', json(404, { error: { code: 2100 } }), 'gone', undefined],
    ['F24 2019', json(400, { error: { code: 2019, message: 'Product Limit Reached' } }), 'limit', undefined],
    ['F24 2001', json(400, { error: { code: 2001, errors: ['Limit of 3 exceeded'] } }), 'limit', undefined],
    ['F24 at most', json(400, { error: { code: 2001, errors: ['at most 3 of them'] } }), 'limit', undefined],
    [
      'F25 too long',
      json(400, { error: { code: 2001, errors: ['Name is too long (maximum is 40 characters)'] } }),
      'invalid',
      undefined,
    ],
    ['F25', json(400, { error: { code: 2001, errors: ['Name is bad'] } }), 'invalid', undefined],
    ['F26', json(409, {}), 'conflict', undefined],
    [
      'F51',
      json(400, {
        error: { code: 2001, message: 'Invalid Input Provided', errors: ['account could not be locked'] },
      }),
      'conflict',
      undefined,
    ],
    ['F26 1005', json(400, { error: { code: 1005 } }), 'conflict', undefined],
    ['F31', raw(200, '', { 'content-type': 'application/json' }), 'empty', undefined],
    ['F33', raw(307, '', { location: 'http://evil.test/x?token=1' }), 'redirect', undefined],
    ['F43', raw(407, HTML, { 'content-type': 'text/html' }), 'proxy', undefined],
  ] as const)('%s', (_, answer, kind, waitMs) => {
    const judged = judge(answer, true);
    expect(judged).toMatchObject({ ok: false, failure: { kind } });
    expect(!judged.ok && judged.failure.waitMs).toBe(waitMs);
  });

  it('F32: is not read beyond the cap', () => {
    const answer = { ...json(200, {}), body: { problem: 'too-big' } as const };
    expect(judge(answer, true)).toMatchObject({ failure: { kind: 'too-big' } });
  });

  it('needs no body if none is required', () => {
    expect(judge(raw(204, ''), false)).toEqual({ ok: true, document: undefined });
  });

  it.each([
    ['with the content type of JSON', { 'content-type': 'application/json' }],
    ['without a content type', {}],
    ['with its own content type', { 'content-type': 'text/html' }],
  ])('F18: a page %s is not a valid response, even if no body is required', (_, headers) => {
    for (const needsBody of [true, false]) {
      const judged = judge(raw(200, `\n${HTML}`, headers), needsBody);
      expect(judged).toMatchObject({ ok: false, failure: { kind: 'not-json' } });
    }
  });

  it.each(['cut', 'too-big', 'timeout'] as const)('F18: neither is a page that is %s', (problem) => {
    const answer = { ...raw(200, '', { 'content-type': 'text/html' }), body: { problem } };
    expect(judge(answer, false)).toMatchObject({ ok: false, failure: { kind: 'not-json' } });
  });

  it("T28: reports the server's message with its markup made harmless, and nothing of it removed", () => {
    const errors = ['Name is <b>bad</b>', '<a<script>alert(1)</script>', '1 < 2 > 1', 'cut <img src=', HTML];
    const judged = judge(json(400, { error: { code: 2001, message: '<p>No</p>', errors } }), true);
    expect(judged).toMatchObject({
      failure: {
        message: '‹p›No‹/p›',
        errors: [
          'Name is ‹b›bad‹/b›',
          '‹a‹script›alert(1)‹/script›',
          '1 < 2 > 1',
          'cut ‹img src=',
          'an HTML page',
        ],
      },
    });
  });

  it('finds the names of missing scopes in any form (fact 21)', () => {
    const inside = json(403, { error: { required_scopes: ['extensions.write'] } });
    const beside = json(403, { error: { message: 'x' }, required_scopes: 'extensions.write' });
    for (const answer of [inside, beside])
      expect(judge(answer, true)).toMatchObject({ failure: { requiredScopes: ['extensions.write'] } });
  });

  it("cuts the server's message at 200 characters, and ignores markup as a message", () => {
    const judged = judge(json(400, { error: { message: 'x'.repeat(5000) } }), true);
    expect(!judged.ok && withoutCuts(judged.failure.message ?? '')).toHaveLength(201);
    expect(judge(raw(400, HTML, { 'content-type': 'text/html' }), true)).not.toHaveProperty(
      'failure.message',
    );
  });

  it('shows only the host of a redirect', () => {
    const judged = judge(raw(302, '', { location: 'https://evil.test/a?secret=1' }), true);
    expect(!judged.ok && judged.failure.target).toBe('evil.test');
  });
});

describe('no answer', () => {
  it.each([
    ['ECONNREFUSED', 'unreachable'],
    ['EHOSTUNREACH', 'unreachable'],
    ['ENOTFOUND', 'no-such-host'],
    ['EAI_AGAIN', 'dns-again'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
    ['CERT_HAS_EXPIRED', 'tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls'],
    ['ECONNRESET', 'reset'],
    ['UND_ERR_SOCKET', 'reset'],
    ['EPIPE', 'reset'],
  ])('%s is %s', (code, kind) => {
    expect(judgeFailure(fetchFailed(code))).toMatchObject({ kind, systemCode: code });
  });

  it('takes the code of the first of several attempts', () => {
    const cause = new AggregateError([Object.assign(new Error('x'), { code: 'ECONNREFUSED' })]);
    expect(judgeFailure(new TypeError('fetch failed', { cause }))).toMatchObject({ kind: 'unreachable' });
  });

  it('F16: recognises a deadline, F09: any failure to connect', () => {
    expect(judgeFailure(new DOMException('late', 'TimeoutError'))).toMatchObject({ kind: 'timeout' });
    const refused = Object.assign(new Error('407'), { code: 'ERR_PROXY_TUNNEL' });
    expect(judgeFailure(new TypeError('fetch failed', { cause: refused }))).toMatchObject({ kind: 'proxy' });
    const cause = Object.assign(new Error('x'), { code: 'ETIMEDOUT', syscall: 'connect' });
    expect(judgeFailure(new TypeError('fetch failed', { cause }))).toMatchObject({ kind: 'unreachable' });
  });

  it('passes bugs on', () => {
    expect(judgeFailure(new Error('x'))).toBeUndefined();
  });
});
