// One RTCPeerConnection of one call. It answers only by post(event), with the
// events of call.js, and does one thing after the other: each step of a
// negotiation (RFC 9429) waits for the one before.

import { LABEL, listen, PROTOCOL } from './aside.js';
import { fold, unfold } from './twin.js';

export class Peer {
  id;
  #pc;
  #post;
  #kind;
  #local;
  #queue = Promise.resolve();
  #candidates = []; // theirs, until their description is there
  #held = []; // ours, until our description has been posted
  #described = false;
  #closed = false;
  #heard;
  #screen = ''; // name of the section by which their screen comes beside their camera

  /**
   * local: {stream, tracks: {audio, video}} of MediaStreamTracks or null;
   * onTrack(track) is told of each remote track, onScreen(track) of their screen's,
   * heard({recording}) of what the other side tells of itself.
   */
  constructor({ id, kind, ice, local, post, onTrack, onScreen, heard }) {
    this.id = id;
    this.#kind = kind;
    this.#local = local;
    this.#post = post;
    this.#heard = (told) => { if (!this.#closed) heard(told); };
    this.#pc = new RTCPeerConnection({ iceServers: ice, bundlePolicy: 'max-bundle' });
    this.#pc.onicecandidate = (event) => this.#candidate(event.candidate);
    this.#pc.ondatachannel = ({ channel }) => listen(channel, false, this.#heard);
    this.#pc.onconnectionstatechange = () => this.report();
    this.#pc.ontrack = ({ track, transceiver }) => (this.#isScreen(transceiver) ? onScreen : onTrack)(track);
  }

  /** Makes the first offer, as the caller. */
  offer() {
    this.#do(async () => {
      for (const kind of this.#kind === 'audio' ? ['audio'] : ['audio', 'video']) {
        this.#pc.addTransceiver(kind, { direction: 'sendrecv', streams: [this.#local.stream] });
      }
      await this.#attach();
      const screen = this.#kind === 'video' && this.#pc.addTransceiver('video', { direction: 'recvonly' });
      if (screen) prefer(screen, 'video');
      listen(this.#pc.createDataChannel(LABEL, { protocol: PROTOCOL }), true, this.#heard);
      await this.#describe(await this.#pc.createOffer(), 0, screen);
    });
  }

  /** Makes an offer with new ICE credentials. */
  restart(round) {
    this.#do(async () => this.#describe(await this.#pc.createOffer({ iceRestart: true }), round));
  }

  setRemote({ type, sdp, round = 0 }) {
    this.#do(async () => {
      const whole = type === 'offer' ? unfold(sdp, this.#screen) : unfold(sdp, this.#screen, this.#pc.localDescription?.sdp);
      if (whole.mid) this.#screen = whole.mid;
      await this.#pc.setRemoteDescription({ type, sdp: whole.sdp });
      for (const candidate of this.#candidates.splice(0)) await this.#add(candidate);
      if (type !== 'offer') return;
      await this.#attach();
      await this.#describe(await this.#pc.createAnswer(), round);
    });
  }

  addCandidate(candidate) {
    this.#do(async () => {
      if (this.#pc.remoteDescription) await this.#add(candidate);
      else this.#candidates.push(candidate);
    });
  }

  /** Lowers the call to sound only, before media flows. */
  narrow() {
    this.#kind = 'audio';
    this.#do(() => this.#attach());
  }

  /** Sends this track (or nothing) from now on, without negotiating again. */
  replace(kind, track) {
    this.#local.tracks[kind] = track;
    this.#do(async () => {
      const found = this.#pc.getTransceivers().filter((t) => kindOf(t) === kind && t.direction !== 'inactive' && !this.#isScreen(t));
      for (const transceiver of found) await transceiver.sender.replaceTrack(track);
    });
  }

  /** Posts the state of the path, as a level. */
  report() {
    const type = { connected: 'peerUp', disconnected: 'peerDown', failed: 'peerFailed' }[this.#pc.connectionState];
    if (type && !this.#closed) this.#post({ type, id: this.id });
  }

  stats() {
    return this.#pc.getStats();
  }

  close() {
    this.#closed = true;
    this.#pc.close();
  }

  #do(work) {
    this.#queue = this.#queue.then(async () => {
      if (this.#closed) return;
      try {
        await work();
      } catch {
        if (!this.#closed) this.#post({ type: 'peerFailed', id: this.id });
      }
    });
  }

  // A candidate of an earlier round, or one this browser cannot read, is no
  // reason to end a call: others will do.
  async #add(candidate) {
    await this.#pc.addIceCandidate(candidate).catch(() => {});
  }

  async #attach() {
    for (const transceiver of this.#pc.getTransceivers()) {
      if (transceiver.currentDirection === 'stopped') continue;
      const kind = kindOf(transceiver);
      if (this.#isScreen(transceiver)) {
        transceiver.direction = this.#kind === 'video' ? 'recvonly' : 'inactive';
        prefer(transceiver, kind);
        continue;
      }
      const wanted = this.#kind === 'video' || kind === 'audio';
      transceiver.direction = wanted ? 'sendrecv' : 'inactive';
      prefer(transceiver, kind);
      transceiver.sender.setStreams?.(this.#local.stream);
      await transceiver.sender.replaceTrack(wanted ? this.#local.tracks[kind] : null);
    }
  }

  async #describe(description, round, screen = null) {
    this.#described = false;
    await this.#pc.setLocalDescription(description);
    if (screen) this.#screen = screen.mid;
    if (this.#closed) return;
    const { type, sdp } = this.#pc.localDescription;
    this.#post({ type: 'localDescription', id: this.id, description: { type, sdp: fold(sdp, this.#screen), round } });
    this.#described = true;
    for (const candidate of this.#held.splice(0)) this.#candidate(candidate);
  }

  #isScreen(transceiver) {
    return this.#screen !== '' && transceiver.mid === this.#screen;
  }

  #candidate(candidate) {
    if (this.#closed || candidate?.candidate === '') return; // the end is told once, by null
    if (!this.#described) {
      this.#held.push(candidate);
      return;
    }
    this.#post({ type: 'localCandidate', id: this.id, candidate: candidate?.toJSON() ?? { candidate: '' } });
  }
}

function kindOf(transceiver) {
  return transceiver.receiver.track.kind;
}

// The codecs that every Parley has come first; all others stay.
function prefer(transceiver, kind) {
  const codecs = RTCRtpReceiver.getCapabilities?.(kind)?.codecs;
  if (codecs) transceiver.setCodecPreferences?.(first(codecs, kind === 'audio' ? 'audio/opus' : 'video/VP8'));
}

function first(codecs, mimeType) {
  const same = (codec) => codec.mimeType.toLowerCase() === mimeType.toLowerCase();
  return [...codecs.filter(same), ...codecs.filter((codec) => !same(codec))];
}
