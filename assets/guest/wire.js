// One WebSocket to the hub, kept alive: identify, reconnect with growing
// jittered pauses, resume. Frames and changes of state go to the handlers:
//
//   welcome(frame)        the hub knows us
//   lost({code, pause})   the connection is gone; the next try is in pause ms
//   ended(code)           trying again is pointless; code is the hub's word
//   frame(frame)          anything else the hub says

import { read } from './frames.js';

const PROTOCOL = 'parley.hub.v1';
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 15_000;

/** Close codes after which a new connection would be refused just the same. */
const FINAL = new Map([
  [4400, 'version'],
  [4402, 'bad-name'],
  [4403, 'name-taken'],
  [4404, 'invite-unknown'],
  [4409, 'replaced'],
]);

/** The pause in ms before try number n (from 0); random is in [0, 1). */
export function pause(n, random) {
  const ceiling = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** n);
  return Math.round(ceiling / 2 + (random * ceiling) / 2);
}

export class Wire {
  #url;
  #identity;
  #handlers;
  #env;
  #socket = null;
  #resume = '';
  #tries = 0;
  #timer = null;
  #complaint = '';
  #closed = false;

  /** env: {WebSocket, setTimeout, clearTimeout, random}, the browser's own unless testing. */
  constructor(url, identity, handlers, env = browser) {
    this.#url = url;
    this.#identity = identity;
    this.#handlers = handlers;
    this.#env = env;
  }

  open() {
    this.#env.clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#socket || this.#closed) return;
    const socket = new this.#env.WebSocket(this.#url, PROTOCOL);
    this.#socket = socket;
    this.#complaint = '';
    socket.onopen = () => this.#identify();
    socket.onmessage = (event) => this.#take(event.data);
    socket.onclose = (event) => this.#drop(socket, event.code);
  }

  /** Whether the frame was handed to an open connection. */
  send(frame) {
    if (this.#socket?.readyState !== 1) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  close() {
    this.#closed = true;
    this.#env.clearTimeout(this.#timer);
    this.#socket?.close(1000);
  }

  #identify() {
    const resume = this.#resume ? { resume: this.#resume } : {};
    this.send({ type: 'identify', ...this.#identity, ...resume });
  }

  #take(data) {
    const frame = read(data);
    if (!frame) return;
    if (frame.type === 'welcome') {
      this.#resume = frame.resume ?? '';
      this.#tries = 0;
      this.#handlers.welcome(frame);
      return;
    }
    if (frame.type === 'error') this.#complaint = frame.code;
    this.#handlers.frame(frame);
  }

  #drop(socket, code) {
    if (socket !== this.#socket) return;
    this.#socket = null;
    if (this.#closed) return;
    if (FINAL.has(code)) {
      this.#closed = true;
      this.#handlers.ended(this.#complaint || FINAL.get(code));
      return;
    }
    const wait = pause(this.#tries++, this.#env.random());
    this.#timer = this.#env.setTimeout(() => this.open(), wait);
    this.#handlers.lost({ code, pause: wait });
  }
}

const browser = {
  get WebSocket() { return globalThis.WebSocket; },
  setTimeout: (f, ms) => globalThis.setTimeout(f, ms),
  clearTimeout: (t) => globalThis.clearTimeout(t),
  random: () => Math.random(),
};
