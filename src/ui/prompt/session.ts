import { type Readable, Writable } from 'node:stream';
import { CancelledError } from '../../errors.ts';
import type { Io } from '../io.ts';
import type { TextStream } from '../text-stream.ts';

/** The streams of prompts: stdin and stderr, because stdout is data. */
export interface PromptStreams {
  readonly stdin: Readable;
  readonly stderr: TextStream;
  /** Aborts the current prompt; its reason is what the prompt throws. */
  readonly signal?: AbortSignal | undefined;
}

/** One question's control of the terminal. */
export interface PromptSession {
  readonly input: Readable;
  readonly output: Writable;
  readonly signal: AbortSignal;
  /** Ends the question, which throws the reason. */
  abort(reason: unknown): void;
  /** The error to throw for an error of the prompt. */
  reasonFor(error: unknown): unknown;
  close(): void;
}

/** Thrown by a question when Esc leaves it. */
export class WentBack extends Error {}

/** Opens the terminal for one question. @param back whether Esc leaves it */
export function openSession(io: Io, { stdin, stderr, signal }: PromptStreams, back = false): PromptSession {
  const controller = new AbortController();
  const abort = (reason: unknown): void => controller.abort(reason);
  const follow = (): void => abort(signal?.reason);
  // After Ctrl-D, a lost terminal, or a return from Ctrl-Z, readline releases stdin, and the prompt would wait forever.
  const hangUp = (): void => abort(new CancelledError());
  const goBack = (_: unknown, key: { readonly name?: string } | undefined): void => {
    if (back && key?.name === 'escape') abort(new WentBack());
  };

  if (signal?.aborted) follow();
  signal?.addEventListener('abort', follow);
  stdin.on('pause', hangUp).on('end', hangUp).on('keypress', goBack);
  return {
    input: stdin,
    output: createOutput(io, stderr),
    signal: controller.signal,
    abort,
    reasonFor(error) {
      if (controller.signal.aborted) return controller.signal.reason ?? new CancelledError();
      return error instanceof Error && error.name === 'ExitPromptError' ? new CancelledError() : error;
    },
    close() {
      signal?.removeEventListener('abort', follow);
      stdin.off('pause', hangUp).off('end', hangUp).off('keypress', goBack);
    },
  };
}

/** A separate stream, because the prompt ends its output stream. Each drawing is written at once, so redacting chunks is enough. */
function createOutput(io: Io, stderr: PromptStreams['stderr']): Writable {
  const output = new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      stderr.write(io.redact(chunk.toString()));
      done();
    },
  });
  Object.defineProperty(output, 'columns', { get: () => stderr.columns ?? 80 });
  return Object.assign(output, { isTTY: true });
}
