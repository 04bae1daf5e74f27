import { expect, it } from 'vitest';
import { pointedAt, runCli, testSandbox } from './helpers/in-process.ts';

it('lists in process', async () => {
  const env = pointedAt(await testSandbox());
  const { code, stdout, stderr } = await runCli(['list', '--json'], { env });
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ version: 1, command: 'list', account: 'acme' });
});
