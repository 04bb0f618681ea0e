// A camera that shows numbered colour bars with the present time, and a
// microphone that hears a tone which comes and goes, for browsers that cannot
// play files as devices. See package media/pattern for the code.
((hertz) => {
  const [W, H, rate] = [640, 360, 30];
  const bars = ['#bfbfbf', '#bfbf00', '#00bfbf', '#00bf00', '#bf00bf', '#bf0000', '#0000bf'];

  function camera() {
    const canvas = Object.assign(document.createElement('canvas'), { width: W, height: H });
    const pen = canvas.getContext('2d', { alpha: false });
    bars.forEach((colour, i) => {
      pen.fillStyle = colour;
      pen.fillRect(Math.floor(i * W / 7), 0, Math.ceil(W / 7), H);
    });
    let number = 0;
    const draw = () => paint(pen, number++, Date.now() % 2 ** 32);
    draw();
    const stream = canvas.captureStream(rate);
    const timer = setInterval(draw, 1000 / rate);
    const [track] = stream.getVideoTracks();
    const stop = track.stop.bind(track);
    track.stop = () => { clearInterval(timer); stop(); };
    return track;
  }

  function paint(pen, number, millis) {
    pen.fillStyle = '#000';
    pen.fillRect(3 * W / 40, 7 * H / 20, 34 * W / 40, 5 * H / 20);
    pen.fillStyle = '#fff';
    [number, millis, 0xA53C * 65536 + checksum(number, millis)].forEach((word, row) => {
      for (let i = 0; i < 32; i++) {
        if (Math.floor(word / 2 ** (31 - i)) % 2) pen.fillRect((4 + i) * W / 40, (8 + row) * H / 20, W / 40, H / 20);
      }
    });
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

  function microphone() {
    const context = new AudioContext();
    const [tone, beat, loudness] = [context.createOscillator(), context.createOscillator(), context.createGain()];
    tone.frequency.value = hertz;
    beat.frequency.value = 2;
    loudness.gain.value = 0.3;
    const depth = context.createGain();
    depth.gain.value = 0.2;
    beat.connect(depth).connect(loudness.gain);
    const out = context.createMediaStreamDestination();
    tone.connect(loudness).connect(out);
    tone.start();
    beat.start();
    return out.stream.getAudioTracks()[0];
  }

  navigator.mediaDevices.getUserMedia = async ({ audio, video }) =>
    new MediaStream([...(audio ? [microphone()] : []), ...(video ? [camera()] : [])]);
})(620)
