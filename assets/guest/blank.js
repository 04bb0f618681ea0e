// A picture that says that no screen is shown any more (docs/protocol.md). It is
// drawn again and again: a level, so that none of them matters.

import { Redrawn } from './redrawn.js';
import { BLANK } from './twin.js';

const REDRAW = 1000; // ms

export class Blank extends Redrawn {
  constructor() {
    super(BLANK, BLANK, REDRAW, (pen, tick) => {
      pen.fillStyle = tick ? '#101010' : '#000000';
      pen.fillRect(0, 0, BLANK, BLANK);
    });
  }
}
