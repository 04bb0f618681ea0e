// Watches the remote picture and sound of a page: which frames come, how old
// they are, and whether a tone is heard. See package media/pattern for the code.
(() => {
  window.watch?.stop(); // of the call before: two would slow the page down
  const video = document.querySelector('[data-testid="remote"]');
  // The three rows of the code are drawn at eight pixels a cell: reading whole
  // pictures would slow the page down.
  const cellSize = 8;
  const canvas = Object.assign(document.createElement('canvas'), { width: 40 * cellSize, height: 3 * cellSize });
  const pen = canvas.getContext('2d', { willReadFrequently: true, alpha: false });
  const marker = 0xA53C;

  function read() {
    const [W, H] = [video.videoWidth, video.videoHeight];
    pen.drawImage(video, 0, 8 * H / 20, W, 3 * H / 20, 0, 0, canvas.width, canvas.height);
    const pixels = pen.getImageData(0, 0, canvas.width, canvas.height).data;
    const cell = (c, r) => {
      let sum = 0;
      for (let y = 2; y < 6; y++) {
        for (let x = 2; x < 6; x++) {
          const i = 4 * (((r - 8) * cellSize + y) * canvas.width + c * cellSize + x);
          sum += (77 * pixels[i] + 150 * pixels[i + 1] + 29 * pixels[i + 2]) / 256;
        }
      }
      return sum / 16;
    };
    let white = 0, black = 0;
    for (let i = 0; i < 16; i++) {
      if (marker >> (15 - i) & 1) white += cell(4 + i, 10) / 8;
      else black += cell(4 + i, 10) / 8;
    }
    if (white - black < 48) return null;
    const word = (r) => {
      let v = 0;
      for (let i = 0; i < 32; i++) v = v * 2 + (cell(4 + i, r) > (white + black) / 2 ? 1 : 0);
      return v;
    };
    const [number, millis, check] = [word(8), word(9), word(10)];
    if (check !== marker * 65536 + checksum(number, millis)) return null;
    return { number, age: ((Date.now() - millis) | 0) };
  }

  function checksum(...words) {
    let crc = 0xFFFF;
    for (const w of words) {
      for (let s = 24; s >= 0; s -= 8) {
        crc ^= (w >>> s & 255) << 8;
        for (let k = 0; k < 8; k++) crc = (crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1) & 0xFFFF;
      }
    }
    return crc;
  }

  const seen = [];
  let frames = 0;
  let stopped = false;
  const look = () => {
    if (stopped) return;
    frames++;
    const code = read();
    if (code) seen.push({ ...code, at: performance.now() });
    video.requestVideoFrameCallback(look);
  };
  video.requestVideoFrameCallback(look);

  let analyser = null;
  let context = null;
  /** The pitch in Hz that is loudest now, or 0 in silence. */
  function pitch() {
    if (!analyser) {
      context = new AudioContext();
      analyser = context.createAnalyser();
      analyser.fftSize = 4096;
      context.createMediaStreamSource(video.srcObject).connect(analyser);
    }
    context.resume();
    const levels = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(levels);
    const loudest = levels.indexOf(Math.max(...levels));
    return levels[loudest] > -60 ? loudest * context.sampleRate / analyser.fftSize : 0;
  }

  window.watch = {
    stop() {
      stopped = true;
      context?.close();
    },
    /** What came in the last so many frames with a code; one may be drawn twice. */
    report(count) {
      const part = seen.slice(-count);
      const seconds = part.length > 1 ? (part.at(-1).at - part[0].at) / 1000 : 0;
      const ages = part.map((c) => c.age).sort((a, b) => a - b);
      return {
        frames, codes: part.length, seconds, rate: seconds ? (part.length - 1) / seconds : 0,
        backwards: part.filter((c, i) => i > 0 && c.number < part[i - 1].number).length,
        medianAge: ages[Math.floor(ages.length / 2)] ?? 0,
        first: part[0]?.number ?? 0, last: part.at(-1)?.number ?? 0,
        width: video.videoWidth, height: video.videoHeight,
      };
    },
    /** Whether so many frames came at this rate at least and at most so old (0: any). */
    flows(count, rate, age) {
      const r = this.report(count);
      return r.codes === count && r.rate >= rate && (!age || r.medianAge <= age);
    },
    hears: (hertz) => Math.abs(pitch() - hertz) < 20,
  };
})()
