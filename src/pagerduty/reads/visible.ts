import { HiddenError } from '../../errors.ts';
import type { Extension } from '../wire.ts';
import type { Reads } from './reads.ts';
import { isHidden } from './requests.ts';

/** One action. @throws HiddenError for a 403, if the token may read other actions (fact 57) */
export async function visible(
  reads: Pick<Reads, 'action' | 'expectActions'>,
  id: string,
): Promise<Extension> {
  try {
    return await reads.action(id);
  } catch (error) {
    if (!isHidden(error)) throw error;
    await reads.expectActions();
    throw new HiddenError(`the action ${id} was deleted, or is not visible to this token (HTTP 403)`, {
      reason: 'gone',
      aftermath: 'skip',
      http: error.http,
      hint: '`pdactions list` shows the custom incident actions that this token can see.',
    });
  }
}
