// Writes PNG: https://www.w3.org/TR/png-3/
import { deflateSync } from 'node:zlib';

const table = Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xEDB88320 ^ n >>> 1 : n >>> 1;
  return n >>> 0;
});

function crc(bytes) {
  let c = 0xFFFFFFFF;
  for (const b of bytes) c = table[(c ^ b) & 255] ^ c >>> 8;
  return ~c >>> 0;
}

function chunk(type, data) {
  const out = Buffer.alloc(data.length + 12);
  out.writeUInt32BE(data.length, 0);
  out.write(type, 4, 'latin1');
  data.copy(out, 8);
  out.writeUInt32BE(crc(out.subarray(4, data.length + 8)), data.length + 8);
  return out;
}

/** Encodes a picture; pixel(x, y) is [red, green, blue, alpha]. */
export function png(width, height, pixel) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 6, 0, 0, 0], 8); // eight bits, with alpha
  const rows = Buffer.alloc(height * (1 + 4 * width));
  for (let y = 0, at = 0; y < height; y++) {
    rows[at++] = 1; // what differs from the pixel on the left
    for (let x = 0, left = [0, 0, 0, 0]; x < width; x++) {
      const now = pixel(x, y);
      for (let i = 0; i < 4; i++) rows[at++] = now[i] - left[i];
      left = now;
    }
  }
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1A\n', 'latin1'),
    chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0)),
  ]);
}
