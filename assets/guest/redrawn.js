// A picture of ours to send. It is drawn again now and then, so that whoever starts
// to look later, or has lost packets, gets it too.

export class Redrawn {
  #timer;
  track;

  // draw(pen, tick) draws it. Browsers drop frames that equal the last one, so it
  // has to differ by tick, which is 0 and 1 in turn. every is in milliseconds.
  constructor(width, height, every, draw) {
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    let tick = 0;
    const again = () => draw(canvas.getContext('2d', { alpha: false }), (tick ^= 1));
    again();
    this.track = canvas.captureStream().getVideoTracks()[0];
    this.#timer = setInterval(again, every);
  }

  close() {
    clearInterval(this.#timer);
    this.track.stop();
  }
}
