// A picture to send while there is no camera: the name's initials on a quiet ground.

import { Redrawn } from './redrawn.js';

const WIDTH = 640;
const HEIGHT = 360;
const REDRAW = 500; // ms

export class Still extends Redrawn {
  constructor(text) {
    super(WIDTH, HEIGHT, REDRAW, (pen, tick) => {
      // The ground differs by one step of one channel, which nobody sees.
      pen.fillStyle = `rgb(30 30 ${28 + tick})`;
      pen.fillRect(0, 0, WIDTH, HEIGHT);
      pen.fillStyle = '#2f4744';
      pen.beginPath();
      pen.arc(WIDTH / 2, HEIGHT / 2, 84, 0, 2 * Math.PI);
      pen.fill();
      pen.fillStyle = '#f1f1ec';
      pen.font = '600 64px system-ui, sans-serif';
      pen.textAlign = 'center';
      pen.textBaseline = 'middle';
      pen.fillText(text, WIDTH / 2, HEIGHT / 2 + 4);
    });
  }
}
