/** The files of deploy/, checked by the tools that read them, and every command in them by the command line. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Deployment } from 'kubernetes-models/apps/v1';
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { ConfigMap, Service } from 'kubernetes-models/v1';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { INSTALL } from '../../src/receiver/ledger/redis/library.ts';
import { runCli, temporaryFolder } from '../helpers/in-process.ts';
import { certificates } from './certificates.ts';
import { hasPrograms } from './tools.ts';

const DEPLOY = resolve(import.meta.dirname, '../../deploy');
const read = (name: string): string => readFileSync(join(DEPLOY, name), 'utf8');
const MODELS = { ConfigMap, Deployment, Ingress, PodDisruptionBudget, Service };

interface Resource {
  readonly kind: keyof typeof MODELS;
  readonly [key: string]: unknown;
}

const resources = (): readonly Resource[] =>
  parseAllDocuments(read('kubernetes.yaml')).map((document) => document.toJS());

interface Container {
  readonly args: readonly string[];
  readonly readinessProbe: { readonly httpGet: { readonly path: string } };
  readonly livenessProbe: { readonly httpGet: { readonly path: string } };
}

/** The pod of the deployment. */
function podOf(): {
  readonly containers: readonly [Container];
  readonly terminationGracePeriodSeconds: number;
} {
  const [, deployment] = parseAllDocuments(read('kubernetes.yaml'));
  return deployment?.toJS().spec.template.spec;
}

/** The commands in deploy/, without the name of the program. */
function commands(): Readonly<Record<string, readonly string[]>> {
  const [, cmd = '[]'] = /^CMD (\[.*\])$/m.exec(read('Dockerfile')) ?? [];
  const [, start = ''] = /^ExecStart=\S+ (.*)$/m.exec(read('pdactions.service')) ?? [];
  return {
    Dockerfile: JSON.parse(cmd),
    'compose.yaml': parse(read('compose.yaml')).services.receiver.command,
    'pdactions.service': start.replace(/\$\{\w+\}/g, '/run').split(' '),
    'kubernetes.yaml': podOf().containers[0].args,
  };
}

describe('every command of deploy/', () => {
  it.each(Object.keys(commands()))('%s: is a valid `listen` that lacks only a config', async (name) => {
    const env = { PDACTIONS_QUEUE_PASSWORD: 'k7Qz-correct-horse-99' };
    const { code, stderr } = await runCli(commands()[name] ?? [], { env });
    expect(stderr).toContain('no config file found');
    expect(code).toBe(4);
  });

  it('has the tested versions for --queue', () => {
    expect(read('Dockerfile')).toContain(INSTALL.replace(/^.*(?=bullmq)/, ''));
  });

  it('keeps idle connections for longer than the proxies, and stops after the longest handler', () => {
    const keptBy = [
      /keepalive_timeout (\d+)s/.exec(read('nginx.conf')),
      /keepalive (\d+)s/.exec(read('Caddyfile')),
      /keepalive (\d+)s/.exec(read('Caddyfile.client-cert')),
    ].map((match) => Number(match?.[1]));
    for (const [name, args] of Object.entries(commands())) {
      const idle = /--idle[= ](\d+)/.exec(args.join(' '));
      if (name !== 'Dockerfile') expect(Number(idle?.[1]), name).toBeGreaterThan(Math.max(...keptBy));
    }
    expect(podOf().terminationGracePeriodSeconds).toBeGreaterThan(120);
    expect(read('pdactions.service')).toContain('TimeoutStopSec=150');
    expect(parse(read('compose.yaml')).services.receiver.stop_grace_period).toBe('150s');
  });
});

describe('kubernetes.yaml', () => {
  it.each(resources().map((resource) => [resource.kind, resource] as const))(
    '%s: is valid',
    (kind, resource) => {
      const check = (value: object): void => new MODELS[kind](value as never).validate();
      expect(() => check(resource)).not.toThrow();
      expect(() => check({ ...resource, metadata: { name: 7 } })).toThrow();
    },
  );

  it('probes the routes of the receiver, and has a valid config', async () => {
    const [container] = podOf().containers;
    expect(container.readinessProbe.httpGet.path).toBe('/readyz');
    expect(container.livenessProbe.httpGet.path).toBe('/healthz');
    const cwd = temporaryFolder();
    const { data } = resources().find(({ kind }) => kind === 'ConfigMap') as unknown as {
      data: Record<string, string>;
    };
    for (const [name, text] of Object.entries(data)) writeFileSync(join(cwd, name), text);
    const { code, stderr } = await runCli(['validate'], {
      cwd,
      env: { RESTART_SECRET: 'k7Qz-correct-horse-99' },
    });
    expect(code, stderr).toBe(0);
  });
});

describe('compose.yaml', () => {
  it('mounts and builds existing files, and Redis loses nothing', () => {
    const { services, volumes } = parse(read('compose.yaml'));
    expect(services.receiver.build.dockerfile).toBe('deploy/Dockerfile');
    expect(read('Caddyfile')).toContain('{$RECEIVER:receiver:8080}');
    for (const { volumes: mounts = [] } of Object.values<{ volumes?: string[] }>(services)) {
      for (const mount of mounts) {
        const [from = ''] = mount.split(':');
        if (from.startsWith('.')) expect(['./config', './Caddyfile']).toContain(from);
        else expect(Object.keys(volumes)).toContain(from);
      }
    }
    const redis = services.redis.command.join(' ');
    expect(redis).toMatch(/--appendonly yes --appendfsync always --maxmemory-policy noeviction/);
  });
});

describe.runIf(hasPrograms('systemd-analyze'))('pdactions.service', () => {
  const unit = (): string => {
    const file = join(temporaryFolder(), 'pdactions.service');
    // systemd also checks that the program exists, but it is not installed here.
    writeFileSync(file, read('pdactions.service').replace('/usr/local/bin/pdactions', '/bin/true'));
    return file;
  };

  it('is a valid unit, without a warning', () => {
    const output = execFileSync('systemd-analyze', ['verify', unit()], { encoding: 'utf8', stdio: 'pipe' });
    expect(output).toBe('');
  });

  it("is exposed to little, on systemd's own scale of 0 to 10", () => {
    const args = ['security', '--offline=true', '--threshold=20', '--no-pager', unit()];
    expect(execFileSync('systemd-analyze', args, { encoding: 'utf8' })).toMatch(
      /exposure level .*: [01]\.\d/,
    );
  });
});

describe.runIf(hasPrograms('caddy', 'openssl'))('Caddy', () => {
  it.each(['Caddyfile', 'Caddyfile.client-cert'])('%s: is valid, and in its own format', (name) => {
    const home = temporaryFolder();
    const { root } = certificates(home);
    const env = { PATH: process.env.PATH, HOME: home, DIGICERT_ROOT: root };
    const file = join(DEPLOY, name);
    execFileSync('caddy', ['validate', '--adapter', 'caddyfile', '--config', file], { env, stdio: 'pipe' });
    expect(execFileSync('caddy', ['fmt', file], { env, encoding: 'utf8' })).toBe(read(name));
  });
});
