import { X509Certificate } from 'node:crypto';
import { createServer } from 'node:net';
import { rootCertificates } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { neededOf } from '../../src/tester/chain.ts';
import { judgeEndpoint } from '../../src/tester/judge.ts';
import { endpoint, pem, ROOT, secureEndpoint, targetAt, wishFor, worldOf } from './endpoints.ts';

const DAY = 86_400_000;
const judge = (url: string, changes = {}) =>
  judgeEndpoint(targetAt(url), wishFor('tls', 'certificate'), worldOf(changes));

describe('a connection over TLS', () => {
  it('passes with a chain in order up to a root, and keeps the received chain', async () => {
    const { url, received } = await secureEndpoint(['server', 'intermediate']);
    const [tls, certificate] = await judge(url);
    expect(tls).toMatchObject({ check: 'tls', verdict: 'pass', basis: 'documented' });
    expect(tls?.text).toMatch(/^TLS 1\.2, ECDHE-\S+, 2 certificates in order$/);
    expect(certificate).toMatchObject({ check: 'certificate', verdict: 'pass' });
    expect(certificate?.text).toMatch(/expires in 343\d\d days$/);
    expect(received).toEqual([]);
  });

  it('passes if the chain includes the root', async () => {
    const { url } = await secureEndpoint(['server', 'intermediate', 'root']);
    expect(await judge(url)).toMatchObject([{ verdict: 'pass' }, { verdict: 'pass' }]);
  });

  it.each([
    ['out of order', ['server', 'root', 'intermediate'], 'are not in order: number 2 did not sign number 1'],
    [
      'with one that belongs elsewhere',
      ['server', 'intermediate', 'self-signed'],
      'include one that does not belong there',
    ],
    ['without the intermediate', ['server'], 'end at `pdactions test intermediate`'],
    ['self-signed', ['self-signed'], 'is self-signed'],
    ['for another host', ['elsewhere', 'intermediate'], 'another name: DNS:elsewhere.example.com'],
  ])('fails with a chain %s: dropped', async (_, chain, text) => {
    const { url } = await secureEndpoint(chain);
    const [tls] = await judge(url);
    expect(tls).toMatchObject({ verdict: 'fail', consequence: 'dropped', basis: 'documented' });
    expect(tls?.text).toContain(text);
  });

  it('fails if no root of the list signed it', async () => {
    const { url } = await secureEndpoint(['server', 'intermediate']);
    const [tls] = await judge(url, { roots: rootCertificates.slice(0, 5) });
    expect(tls).toMatchObject({ verdict: 'fail', consequence: 'dropped' });
    expect(tls?.text).toContain("which is not a root on Mozilla's list");
  });

  it('fails with an expired certificate for another host: dropped for that', async () => {
    const { url } = await secureEndpoint(['expired', 'intermediate'], { address: '127.0.0.2' });
    const [tls, certificate] = await judge(url);
    expect(tls).toMatchObject({ verdict: 'fail', consequence: 'dropped' });
    expect(tls?.text).toContain('is for another name: DNS:localhost');
    expect(certificate).toMatchObject({ verdict: 'fail' });
  });

  it('fails with an expired certificate, the one TLS error that is retried', async () => {
    const { url } = await secureEndpoint(['expired', 'intermediate']);
    const [tls, certificate] = await judge(url);
    expect(tls).toMatchObject({ verdict: 'pass' });
    expect(certificate).toMatchObject({
      verdict: 'fail',
      consequence: 'retried',
      text: '`localhost` has expired',
    });
  });

  it.each([
    [21, 'pass'],
    [20, 'warn'],
    [0, 'warn'],
    [-1, 'fail'],
  ])('with %i days left: %s', async (days, verdict) => {
    const { url } = await secureEndpoint(['server', 'intermediate']);
    const end = Date.parse(new X509Certificate(ROOT).validTo);
    const [, certificate] = await judge(url, { now: () => end - days * DAY });
    expect(certificate).toMatchObject({ check: 'certificate', verdict });
  });

  it('counts one day in the singular', async () => {
    const { url } = await secureEndpoint(['server', 'intermediate']);
    const end = Date.parse(new X509Certificate(ROOT).validTo);
    const [, certificate] = await judge(url, { now: () => end - DAY });
    expect(certificate?.text).toMatch(/expires in 1 day$/);
  });

  it('sends the host of the URL as server name, unless it is an address', async () => {
    const byName = await secureEndpoint(['server', 'intermediate']);
    const byAddress = await secureEndpoint(['server', 'intermediate'], { address: '127.0.0.1' });
    await judge(byName.url);
    await judge(byAddress.url);
    expect([byName.askedFor, byAddress.askedFor]).toEqual([['localhost'], [false]]);
  });

  it('fails with a server that speaks TLS 1.3 only', async () => {
    const { url } = await secureEndpoint(['server', 'intermediate'], { minVersion: 'TLSv1.3' });
    const [tls, certificate] = await judge(url);
    expect(tls).toMatchObject({ verdict: 'fail', consequence: 'dropped' });
    expect(tls?.text).toMatch(/^no TLS 1\.2 connection \(E/);
    expect(certificate).toMatchObject({ verdict: 'skipped' });
  });

  it('fails without a listener: retried', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { readonly port: number };
    await new Promise((resolve) => server.close(resolve));
    const [tls] = await judge(`https://127.0.0.1:${port}/`);
    expect(tls).toMatchObject({
      verdict: 'fail',
      consequence: 'retried',
      text: 'no connection (ECONNREFUSED)',
    });
  });

  it('fails with a server that hangs up during the handshake: retried', async () => {
    const rude = createServer((socket) => socket.once('data', () => socket.end())).listen(0, '127.0.0.1');
    onTestFinished(() => void rude.close());
    await new Promise((resolve) => rude.once('listening', resolve));
    const { port } = rude.address() as { readonly port: number };
    const [tls] = await judge(`https://127.0.0.1:${port}/`);
    expect(tls).toMatchObject({
      verdict: 'fail',
      consequence: 'retried',
      text: 'no connection (ECONNRESET)',
    });
  });

  it('fails with a server that speaks no TLS: dropped', async () => {
    const { url } = await endpoint();
    const [tls] = await judge(url.replace('http:', 'https:'));
    expect(tls).toMatchObject({ verdict: 'fail', consequence: 'dropped' });
    expect(tls?.text).toContain('does not speak TLS');
  });

  it('gives up on a silent server, by the clock', async () => {
    let arrived = (): void => undefined;
    const silent = createServer(() => arrived()).listen(0, '127.0.0.1');
    onTestFinished(() => void silent.close());
    const connection = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    await new Promise((resolve) => silent.once('listening', resolve));
    const { port } = silent.address() as { readonly port: number };
    const clock = { now: () => 0, sleep: (): Promise<void> => connection };
    const [tls] = await judge(`https://127.0.0.1:${port}/`, { clock });
    expect(tls).toMatchObject({
      verdict: 'fail',
      consequence: 'retried',
      text: 'no TLS connection within 16 s',
    });
  });

  it('sends no message if PagerDuty would not get this far', async () => {
    const { url, received } = await secureEndpoint(['self-signed']);
    const findings = await judgeEndpoint(targetAt(url), wishFor(), worldOf());
    expect(findings.map(({ check, verdict }) => `${check} ${verdict}`)).toEqual([
      'dns pass',
      'tls fail',
      'certificate pass',
      'press skipped',
      'duplicate skipped',
      'large skipped',
      'omitted skipped',
    ]);
    expect(received).toEqual([]);
  });

  it('does not send one over an untrusted connection either, if only the press is checked', async () => {
    const { url, received } = await secureEndpoint(['self-signed']);
    const [press] = await judgeEndpoint(targetAt(url), wishFor('press'), worldOf());
    expect(press).toMatchObject({ verdict: 'fail', consequence: 'dropped' });
    expect(received).toEqual([]);
  });

  it('passes as a whole', async () => {
    const { url, received } = await secureEndpoint(['server', 'intermediate']);
    const findings = await judgeEndpoint(targetAt(url), wishFor(), worldOf());
    expect(findings.map(({ verdict }) => verdict)).toEqual([
      'pass',
      'pass',
      'pass',
      'pass',
      'warn',
      'pass',
      'pass',
    ]);
    expect(received).toHaveLength(4);
  });

  it('warns if the server asks for a client certificate', async () => {
    const { url } = await secureEndpoint(['server', 'intermediate'], { requestCert: true });
    const [tls] = await judge(url);
    expect(tls).toMatchObject({
      verdict: 'warn',
      hint: expect.stringContaining('webhooks.eu.pagerduty.com'),
    });
  });

  it('ignores the end of a certificate that is sent but not needed', async () => {
    const sent = ['server', 'intermediate', 'root'].map((name) => new X509Certificate(pem(name)));
    expect(neededOf(sent, [ROOT])).toEqual(sent.slice(0, 2));
  });

  it('warns of http://', async () => {
    const findings = await judge('http://127.0.0.1:1/');
    expect(findings).toMatchObject([{ verdict: 'warn' }, { verdict: 'skipped' }]);
  });
});
