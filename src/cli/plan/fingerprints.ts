/** Makes fingerprints of secrets, if the environment has the key. */
import type { Config } from '../../config/config.ts';
import { KEY_VARIABLE, needsSeal, objectToKey, sealActions } from '../../config/secrets/seal.ts';
import { UsageError } from '../../errors.ts';
import type { Context } from '../context.ts';

/**
 * The config with the seals of the actions that request a fingerprint. Without the key they stay unsealed, with a remark:
 * a reviewer without access to the key can still make a plan.
 * @throws UsageError for a key that can be guessed
 */
export async function withSeals({ env, io }: Pick<Context, 'io' | 'env'>, config: Config): Promise<Config> {
  if (!needsSeal(config.actions)) return config;
  const key = env[KEY_VARIABLE];
  if (!key) {
    const text = `${KEY_VARIABLE} is not set, so fingerprints are not compared, and writing an action removes its fingerprint until the next sync with the key`;
    io.warn(text);
    return config;
  }
  io.addSecret(key);
  const objection = objectToKey(key);
  if (objection !== undefined) {
    throw new UsageError(objection, {
      hint: 'Generate one with `openssl rand -base64 32`, and use the same one everywhere.',
    });
  }
  return { ...config, actions: await sealActions(config.actions, key) };
}
