// A picture to send while there is no camera: the name's initials on a quiet
// ground. It is drawn again now and then, so that whoever starts to look
// later, or has lost packets, gets it too.

const WIDTH = 640;
const HEIGHT = 360;
const REDRAW = 500; // ms

export class Still {
  #canvas = document.createElement('canvas');
  #timer = null;
  #tick = 0;
  #text;
  track;

  constructor(text) {
    this.#text = text;
    this.#canvas.width = WIDTH;
    this.#canvas.height = HEIGHT;
    this.#draw();
    this.track = this.#canvas.captureStream().getVideoTracks()[0];
    this.#timer = setInterval(() => this.#draw(), REDRAW);
  }

  close() {
    clearInterval(this.#timer);
    this.track.stop();
  }

  #draw() {
    const pen = this.#canvas.getContext('2d', { alpha: false });
    // Browsers drop frames that equal the last one: the ground differs by one
    // step of one channel, which nobody sees.
    this.#tick ^= 1;
    pen.fillStyle = `rgb(30 30 ${28 + this.#tick})`;
    pen.fillRect(0, 0, WIDTH, HEIGHT);
    pen.fillStyle = '#2f4744';
    pen.beginPath();
    pen.arc(WIDTH / 2, HEIGHT / 2, 84, 0, 2 * Math.PI);
    pen.fill();
    pen.fillStyle = '#f1f1ec';
    pen.font = '600 64px system-ui, sans-serif';
    pen.textAlign = 'center';
    pen.textBaseline = 'middle';
    pen.fillText(this.#text, WIDTH / 2, HEIGHT / 2 + 4);
  }
}
