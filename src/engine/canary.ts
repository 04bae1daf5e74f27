/**
 * PagerDuty does not document whether it keeps headers that a PUT omits (U4). Until a read has shown that it does, updates
 * that omit headers are sent one at a time; once headers are lost, no further one is sent.
 */
export interface Canary {
  /**
   * Sends an update that omits headers, when its turn has come.
   * @param send gets true if the headers must be read back; resolves with whether they still exist, null if unknown
   * @returns the result of `send`, or null if it was not called, to spare the headers
   */
  pass<T extends CanaryVerdict>(send: (readBack: boolean) => Promise<T>): Promise<T | null>;
}

interface CanaryVerdict {
  readonly headersKept: boolean | null;
}

/** A canary for one run. */
export function createCanary(): Canary {
  let kept: boolean | null = null;
  let turn: Promise<unknown> = Promise.resolve();
  /** A loss is final, even after headers that were kept. */
  const learn = ({ headersKept }: CanaryVerdict): void => {
    if (kept !== false) kept = headersKept ?? kept;
  };
  const attempt = async <T extends CanaryVerdict>(
    send: (readBack: boolean) => Promise<T>,
  ): Promise<T | null> => {
    if (kept === false) return null;
    const result = await send(kept === null);
    learn(result);
    return result;
  };
  return {
    pass(send) {
      if (kept !== null) return attempt(send);
      const mine = turn.then(() => attempt(send));
      turn = mine.catch(() => undefined);
      return mine;
    },
  };
}
