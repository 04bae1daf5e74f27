/** Reads the body of a request, up to a limit (T38). */
import type { IncomingMessage } from 'node:http';

/** The text; `too-large`, or `gone` when the sender left in the middle. */
export async function readBody(
  req: IncomingMessage,
  most: number,
): Promise<{ readonly text: string } | 'too-large' | 'gone'> {
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((tell) => {
    req.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= most) chunks.push(chunk);
      else {
        chunks.length = 0;
        req.pause();
        tell('too-large');
      }
    });
    req.on('end', () => tell({ text: Buffer.concat(chunks).toString('utf8') }));
    req.on('error', () => tell('gone'));
    req.on('close', () => tell('gone'));
  });
}
