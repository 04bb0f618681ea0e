// A picture that says that no screen is shown any more (docs/protocol.md). It is
// drawn again and again: a level, so that none of them matters.

import { BLANK } from './twin.js';

const REDRAW = 1000; // ms

export class Blank {
  #canvas = document.createElement('canvas');
  #timer = null;
  #tick = 0;
  track;

  constructor() {
    this.#canvas.width = BLANK;
    this.#canvas.height = BLANK;
    this.#draw();
    this.track = this.#canvas.captureStream().getVideoTracks()[0];
    this.#timer = setInterval(() => this.#draw(), REDRAW);
  }

  close() {
    clearInterval(this.#timer);
    this.track.stop();
  }

  // Browsers drop frames that equal the last one.
  #draw() {
    const pen = this.#canvas.getContext('2d', { alpha: false });
    this.#tick ^= 1;
    pen.fillStyle = this.#tick ? '#101010' : '#000000';
    pen.fillRect(0, 0, BLANK, BLANK);
  }
}
