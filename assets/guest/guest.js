// The browser guest: joins the call machine, the hub, the devices, the peer
// connection and the document. All state of the page is here, in one object.

import { initial, limit, live, step } from './call.js';
import { ofCall } from './frames.js';
import { Local } from './local.js';
import { Page } from './page.js';
import { Peer } from './peer.js';
import { initials, screen } from './screen.js';
import { Tones } from './tones.js';
import { shows } from './twin.js';
import { Wire } from './wire.js';
import { language, words } from './words.js';

const NAME_KEY = 'parley.name';

class Guest {
  #say;
  #page;
  #tones = new Tones();
  #wire = null;
  #ice = [];
  #peer = null;
  #kept = new Map(); // call id -> what came for it before its peer is there
  #local = new Local({
    changed: () => this.#show(),
    replaced: (kind, track) => this.#peer?.replace(kind, track),
  });
  #remote = new MediaStream();
  #timer = null;
  #wake = null;
  #app = {
    fatal: '', name: recall(), editing: false, nameFault: false,
    link: { state: 'opening', retryAt: 0, full: false },
    inviter: null, here: false, call: initial(), ended: null,
    liveSince: 0, deadline: 0, blocked: false, picture: false, sharing: false, takesScreen: false, recorded: false,
  };

  constructor(document, lang) {
    this.#say = words(lang);
    document.documentElement.lang = lang === 'zh' ? 'zh-CN' : lang;
    this.#page = new Page(document, this.#say);
    this.#bind();
  }

  start() {
    if (!globalThis.RTCPeerConnection) this.#app.fatal = 'browser';
    else if (this.#app.name) this.#connect();
    this.#show();
    setInterval(() => this.#show(), 500); // clocks and countdowns
  }

  // What the user does.

  #bind() {
    const page = this.#page;
    page.get('view-name').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#rename(page.get('name').value);
    });
    page.get('name').value = this.#app.name;
    page.on('rename', () => this.#set({ editing: true }));
    page.on('retry', () => this.#wire.open());
    page.on('reload', () => location.reload());
    page.on('dial', () => this.#dial('video'));
    page.on('dial-audio', () => this.#dial('audio'));
    page.on('answer', () => this.#accept('video'));
    page.on('answer-audio', () => this.#accept('audio'));
    page.on('decline', () => this.#dispatch({ type: 'reject' }));
    page.on('hangup', () => this.#dispatch({ type: 'hangup' }));
    page.on('mute', () => this.#local.toggleMute(this.#during()));
    page.on('camera', () => this.#local.toggleCamera(this.#during()));
    page.on('share', () => this.#local.toggleShare(this.#during()));
    page.on('unshare', () => this.#local.toggleShare(this.#during()));
    page.on('fullscreen', () => toggleFullscreen(page.get('view-call')));
    page.on('dismiss', () => this.#local.dismiss());
    page.on('unblock', () => this.#play());
    this.#watch();
  }

  #watch() {
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && this.#app.call.phase === 'ringing') this.#dispatch({ type: 'hangup' });
    });
    document.addEventListener('pointerdown', () => this.#tones.unlock(), { passive: true });
    document.addEventListener('keydown', () => this.#tones.unlock());
    addEventListener('online', () => this.#wire?.open());
    addEventListener('pagehide', () => this.#dispatch({ type: 'hangup' }));
    const remote = this.#page.get('remote');
    for (const type of ['loadeddata', 'resize', 'emptied']) {
      remote.addEventListener(type, () => this.#set({ picture: remote.videoWidth > 0 }));
    }
    const shared = this.#page.get('screen');
    for (const type of ['loadeddata', 'resize', 'emptied']) {
      shared.addEventListener(type, () => this.#set({ sharing: shows(shared.videoWidth, shared.videoHeight) }));
    }
  }

  #rename(text) {
    const name = text.trim().replace(/\s+/g, ' ');
    if (!name) return;
    remember(name);
    this.#wire?.close();
    this.#set({ name, editing: false, nameFault: false });
    this.#connect();
  }

  #dial(kind) {
    this.#set({ ended: null });
    this.#dispatch({ type: 'dial', id: newID(), to: this.#app.inviter.name, kind });
  }

  #accept(kind) {
    this.#dispatch({ type: 'accept', kind });
  }

  // The connection to the hub.

  #connect() {
    const url = new URL('/ws', location.href.replace(/^http/, 'ws'));
    const invite = decodeURIComponent(location.pathname.split('/').pop());
    this.#set({ link: { state: 'opening', retryAt: 0, full: false } });
    this.#wire = new Wire(url.href, { invite, display: this.#app.name }, {
      welcome: (frame) => this.#welcome(frame),
      lost: (how) => this.#lost(how),
      ended: (code) => this.#refused(code),
      frame: (frame) => this.#frame(frame),
    });
    this.#wire.open();
  }

  #welcome(frame) {
    this.#ice = frame.ice ?? [];
    this.#app.link = { state: 'up', retryAt: 0, full: false };
    this.#dispatch({ type: 'link', up: true });
  }

  #lost({ code, pause }) {
    this.#app.link = { state: 'lost', retryAt: Date.now() + pause, full: code === 4407 };
    this.#app.here = false;
    this.#dispatch({ type: 'link', up: false });
  }

  #refused(code) {
    if (code === 'bad-name') {
      this.#set({ editing: true, nameFault: true });
      return;
    }
    const fatal = { 'invite-expired': 'expired', 'version': 'version', 'replaced': 'replaced' }[code] ?? 'unknown';
    this.#dispatch({ type: 'link', up: false });
    this.#set({ fatal });
  }

  #frame(frame) {
    switch (frame.type) {
      case 'presence':
        this.#set(frame.here[0] ? { inviter: frame.here[0], here: true } : { here: false });
        return;
      case 'came':
        this.#set({ inviter: frame.member, here: true });
        return;
      case 'gone':
        if (frame.name === this.#app.inviter?.name) this.#set({ here: false });
        return;
      case 'error':
        if (frame.call) this.#message({ type: 'unavailable', call: frame.call, from: frame.to });
        return;
      default:
        if (ofCall(frame)) this.#message(frame);
    }
  }

  #message({ from, ...message }) {
    this.#dispatch({ type: 'received', from, message });
  }

  // The call machine and its effects.

  #dispatch(event) {
    const before = this.#app.call;
    const [after, effects] = step(before, event);
    this.#app.call = after;
    if (after.seq !== before.seq) this.#changed(before, after);
    for (const effect of effects) this.#run(effect);
    this.#show();
  }

  #changed(before, after) {
    if (live(after) && !live(before)) this.#app.liveSince = Date.now();
    if (after.phase === 'ringing' || after.phase === 'preparing') this.#app.ended = null;
    if (after.phase === 'idle') this.#over(before, after);
    this.#arm(after);
    this.#tones.play({ ringing: 'ring', calling: 'ringBack' }[after.phase] ?? '');
    this.#stayAwake(live(after));
  }

  #arm(state) {
    clearTimeout(this.#timer);
    const ms = limit(state);
    this.#app.deadline = ms ? Date.now() + ms : 0;
    if (ms) this.#timer = setTimeout(() => this.#dispatch({ type: 'timeout', seq: state.seq }), ms);
  }

  #over(before, after) {
    const length = live(before) ? Date.now() - this.#app.liveSince : 0;
    const name = this.#app.inviter?.display ?? '';
    this.#app.ended = { reason: after.end, name, text: after.text, duration: length };
    Object.assign(this.#app, { liveSince: 0, blocked: false });
    if (document.fullscreenElement) document.exitFullscreen();
  }

  #run(effect) {
    const { id } = effect;
    switch (effect.do) {
      case 'send':
        this.#wire.send(effect.frame);
        break;
      case 'acquire':
        this.#acquire(effect);
        break;
      case 'open':
        this.#open(effect);
        break;
      case 'setRemote':
      case 'addCandidate':
        this.#keep(id, (peer) => peer[effect.do](effect.description ?? effect.candidate));
        break;
      case 'restart':
        this.#peer.restart(effect.round);
        break;
      case 'narrow':
        this.#peer.narrow();
        this.#local.stopCamera();
        break;
      case 'report':
        this.#peer.report();
        break;
      case 'close':
        this.#close(id);
        break;
      case 'release':
        this.#local.release();
        break;
    }
  }

  // What comes for a call that is not open yet waits until it is.
  #keep(id, work) {
    if (this.#peer?.id === id) work(this.#peer);
    else this.#kept.set(id, [...(this.#kept.get(id) ?? []), work]);
  }

  #open({ id, role, kind }) {
    this.#peer = new Peer({
      id, kind, ice: this.#ice, local: this.#local,
      post: (event) => this.#dispatch(event),
      onTrack: (track) => this.#receive(track),
      onScreen: (track) => this.#receiveScreen(track),
      takesScreen: (takesScreen) => this.#set({ takesScreen }),
      heard: ({ recording }) => this.#set({ recorded: recording }),
    });
    if (role === 'caller') this.#peer.offer();
    for (const work of this.#kept.get(id) ?? []) work(this.#peer);
    this.#kept.delete(id);
  }

  #close(id) {
    this.#kept.delete(id);
    if (this.#peer?.id !== id) return;
    this.#peer.close();
    this.#peer = null;
    for (const track of this.#remote.getTracks()) this.#remote.removeTrack(track);
    this.#page.get('remote').srcObject = null;
    this.#page.get('screen').srcObject = null;
    this.#set({ picture: false, sharing: false, takesScreen: false, recorded: false });
  }

  async #acquire({ id, kind }) {
    const wanted = () => {
      const { call } = this.#app;
      return call.id === id && (call.phase === 'preparing' || call.answering);
    };
    if (await this.#local.acquire(kind, initials(this.#app.name), wanted)) this.#dispatch({ type: 'ready', id });
  }

  // Whether the present call is still the present call.
  #during() {
    const { id } = this.#app.call;
    return () => id !== '' && this.#app.call.id === id;
  }

  // The remote side.

  #receive(track) {
    this.#remote.addTrack(track);
    const video = this.#page.get('remote');
    if (video.srcObject !== this.#remote) video.srcObject = this.#remote;
    this.#play();
  }

  #receiveScreen(track) {
    const video = this.#page.get('screen');
    video.srcObject = new MediaStream([track]);
    video.play().catch(() => {}); // without sound nothing forbids it; else the call is over
  }

  async #play() {
    try {
      await this.#page.get('remote').play();
      this.#set({ blocked: false });
    } catch (error) {
      // AbortError only says that another play or the end of the call came first.
      if (error.name === 'NotAllowedError') this.#set({ blocked: true });
    }
  }

  // A call keeps the screen on where the browser can do that.
  #stayAwake(on) {
    if (on === Boolean(this.#wake)) return;
    const held = this.#wake;
    this.#wake = on ? (navigator.wakeLock?.request('screen').catch(() => null) ?? null) : null;
    held?.then((lock) => lock?.release());
  }

  #set(part) {
    Object.assign(this.#app, part);
    this.#show();
  }

  #show() {
    this.#page.apply(screen(this.#app, this.#local, Date.now(), this.#say));
    this.#page.preview(this.#local.camera === 'on' ? this.#local : null);
  }
}

// 128 random bits in hexadecimal, as docs/protocol.md asks.
function newID() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}

function toggleFullscreen(element) {
  const work = document.fullscreenElement ? document.exitFullscreen() : element.requestFullscreen?.();
  work?.catch(() => {}); // refused: the picture stays as it is
}

// Storage may be forbidden; then the name is asked again next time.
function recall() {
  try {
    return localStorage.getItem(NAME_KEY) ?? '';
  } catch {
    return '';
  }
}

function remember(name) {
  try {
    localStorage.setItem(NAME_KEY, name);
  } catch {
    // see recall
  }
}

new Guest(document, language(navigator.languages ?? [navigator.language])).start();
