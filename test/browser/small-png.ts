/** Makes a picture of a page small: 256 colours are enough for text on a plain background. */
import { crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
const MOST_COLOURS = 256;
/** Bytes per pixel in a PNG of Chromium: red, green, blue. */
const PIXEL = 3;

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Buffer;
}

/** Reduces the picture to a palette of its most frequent colours; every other colour becomes the nearest of these. */
export function smallPng(png: Buffer): Buffer {
  const picture = decode(png);
  const palette = frequentColours(picture.pixels);
  const indexes = new Map(palette.map((colour, index) => [colour, index]));
  const indexOf = (colour: number): number => {
    const index = indexes.get(colour) ?? nearest(palette, colour);
    indexes.set(colour, index);
    return index;
  };
  const { width, height, pixels } = picture;
  const rows = Buffer.alloc((width + 1) * height);
  for (let at = 0; at < width * height; at += 1) {
    rows[at + Math.floor(at / width) + 1] = indexOf(pixels.readUIntBE(at * PIXEL, PIXEL));
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  // Eight bits, an index into the palette.
  head.set([8, 3], 8);
  const colours = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  const data = deflateSync(rows, { level: 9, memLevel: 9 });
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', head),
    chunk('PLTE', colours),
    chunk('IDAT', data),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(typed));
  return Buffer.concat([length, typed, check]);
}

function decode(png: Buffer): Picture {
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const parts: Buffer[] = [];
  for (let at = SIGNATURE.length; at < png.length; at += 12 + png.readUInt32BE(at)) {
    const data = png.subarray(at + 8, at + 8 + png.readUInt32BE(at));
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(data);
  }
  const raw = inflateSync(Buffer.concat(parts));
  const length = width * PIXEL;
  const pixels = Buffer.alloc(length * height);
  for (let row = 0; row < height; row += 1) {
    const start = row * length;
    const filter = raw[row * (length + 1)] ?? 0;
    for (let at = 0; at < length; at += 1) {
      const left = at < PIXEL ? 0 : pixels[start + at - PIXEL]!;
      const above = row === 0 ? 0 : pixels[start + at - length]!;
      const corner = row === 0 || at < PIXEL ? 0 : pixels[start + at - length - PIXEL]!;
      pixels[start + at] =
        raw[row * (length + 1) + 1 + at]! +
        [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter]!;
    }
  }
  return { width, height, pixels };
}

/** Predicts a byte from its neighbours by the Paeth filter of the PNG specification. */
function paeth(left: number, above: number, corner: number): number {
  const guess = left + above - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? above : corner;
}

function frequentColours(pixels: Buffer): number[] {
  const counts = new Map<number, number>();
  for (let at = 0; at < pixels.length; at += PIXEL) {
    const colour = pixels.readUIntBE(at, PIXEL);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([one, a], [other, b]) => b - a || one - other);
  return sorted.slice(0, MOST_COLOURS).map(([colour]) => colour);
}

function nearest(palette: readonly number[], colour: number): number {
  const far = (one: number) =>
    [16, 8, 0].reduce((sum, shift) => sum + (((one >> shift) & 255) - ((colour >> shift) & 255)) ** 2, 0);
  return palette.reduce((best, one, index) => (far(one) < far(palette[best]!) ? index : best), 0);
}
