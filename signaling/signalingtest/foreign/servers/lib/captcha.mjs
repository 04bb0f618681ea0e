// The slider puzzle: a picture with a hole, and the piece that belongs there. A
// person moves the piece to the right; where it ends comes back encrypted.
import { createCipheriv, createDecipheriv, randomBytes, randomInt } from 'node:crypto';
import { png } from './png.mjs';

const [width, height, side] = [310, 155, 47];
const tolerance = 5; // pixels

const puzzles = new Map(); // token -> {key, x}
const solved = new Set(); // what a solution is told as, once

/** AES in ECB mode with PKCS7 padding, in base64. */
export function encrypt(text, key) {
  const cipher = createCipheriv('aes-128-ecb', key, null);
  return cipher.update(text, 'utf8', 'base64') + cipher.final('base64');
}

function decrypt(text, key) {
  const decipher = createDecipheriv('aes-128-ecb', key, null);
  return decipher.update(text, 'base64', 'utf8') + decipher.final('utf8');
}

/** Tells whether a place of the piece's square belongs to it: a block with a knob. */
function inPiece(x, y) {
  const knob = (x - 36) ** 2 + (y - 26) ** 2 < 81;
  return knob || x >= 2 && x < 34 && y >= 10 && y < 42;
}

/** A new puzzle, as the client gets it, and where its piece belongs. */
export function newPuzzle() {
  const [x, y] = [randomInt(80, width - side), randomInt(2, height - side)];
  const seed = randomInt(1, 40);
  const scene = (px, py) => [
    90 + 80 * Math.sin(px / (9 + seed) + py / 17), 110 + 70 * Math.cos(py / 13 - px / 31), 60 + px / 2, 255,
  ].map(Math.round);
  const dark = ([r, g, b, a]) => [r >> 1, g >> 1, b >> 1, a];
  const picture = png(width, height, (px, py) => (inPiece(px - x, py - y) ? dark(scene(px, py)) : scene(px, py)));
  const piece = png(side, height, (px, py) => (inPiece(px, py - y) ? scene(x + px, py) : [0, 0, 0, 0]));
  const token = randomBytes(16).toString('hex');
  const key = randomBytes(8).toString('hex');
  puzzles.set(token, { key, x });
  return {
    x,
    told: { originalImageBase64: picture.toString('base64'), jigsawImageBase64: piece.toString('base64'), token, secretKey: key, result: false },
  };
}

/** Whether the point is where the piece belongs. A puzzle can be tried once. */
export function check(token, pointJson) {
  const puzzle = puzzles.get(token);
  puzzles.delete(token);
  if (!puzzle) return false;
  try {
    const point = decrypt(pointJson, puzzle.key);
    if (Math.abs(JSON.parse(point).x - puzzle.x) > tolerance) return false;
    solved.add(encrypt(`${token}---${point}`, puzzle.key));
    return true;
  } catch {
    return false;
  }
}

/** Whether this tells of a solution. It counts once. */
export const redeem = (verification) => solved.delete(verification);
