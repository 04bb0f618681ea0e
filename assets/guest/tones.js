// Ring and ring-back, made in the browser. A pattern is a list of notes within
// a period, all in seconds; the page makes no sound before the user's first
// press, as browsers ask.

const PATTERNS = {
  ring: { period: 3, notes: [[0, 0.35, 587], [0.4, 0.35, 740], [0.8, 0.6, 880]] },
  ringBack: { period: 4, notes: [[0, 1, 425]] },
};
const LOUDNESS = 0.12;
const EDGE = 0.02; // fade, against clicks

export class Tones {
  #context = null;
  #playing = '';
  #timer = null;
  #gain = null;

  /** To be called while handling a press, which is when browsers allow sound. */
  unlock() {
    this.#context ??= globalThis.AudioContext ? new AudioContext() : null;
    this.#context?.resume();
  }

  /** Plays 'ring' or 'ringBack' again and again, '' for silence. */
  play(name) {
    if (name === this.#playing) return;
    this.#stop();
    this.#playing = name;
    if (!name || !this.#context) return;
    this.#gain = this.#context.createGain();
    this.#gain.connect(this.#context.destination);
    const { period, notes } = PATTERNS[name];
    const round = () => notes.forEach((note) => this.#note(note));
    round();
    this.#timer = setInterval(round, period * 1000);
  }

  #note([after, duration, pitch]) {
    const start = this.#context.currentTime + after;
    const oscillator = this.#context.createOscillator();
    const envelope = this.#context.createGain();
    oscillator.frequency.value = pitch;
    envelope.gain.setValueAtTime(0, start);
    envelope.gain.linearRampToValueAtTime(LOUDNESS, start + EDGE);
    envelope.gain.setValueAtTime(LOUDNESS, start + duration - EDGE);
    envelope.gain.linearRampToValueAtTime(0, start + duration);
    oscillator.connect(envelope).connect(this.#gain);
    oscillator.start(start);
    oscillator.stop(start + duration);
  }

  #stop() {
    clearInterval(this.#timer);
    this.#gain?.disconnect();
    this.#gain = null;
  }
}
