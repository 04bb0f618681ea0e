// One RTCPeerConnection of one call. It answers only by post(event), with the
// events of call.js, and does one thing after the other: each step of a
// negotiation (RFC 9429) waits for the one before.

import { LABEL, listen, PROTOCOL } from './aside.js';
import { fold, unfold } from './twin.js';

const SCREEN = 'screen'; // as a kind of track, beside audio and video
const PREFERRED = { audio: 'audio/opus', video: 'video/VP8', screen: 'video/VP9' };

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
  #takesScreen;
  #screen = ''; // name of the section by which a screen comes beside the camera

  /**
   * local: {stream, tracks: {audio, video}} of MediaStreamTracks or null;
   * onTrack(track) is told of each remote track, onScreen(track) of their screen's,
   * takesScreen(so) whether they take ours, heard({recording}) of what the other side
   * tells of itself. local.tracks.screen and local.screenStream are of our screen.
   */
  constructor({ id, kind, ice, local, post, onTrack, onScreen, takesScreen, heard }) {
    this.id = id;
    this.#kind = kind;
    this.#local = local;
    this.#post = post;
    this.#takesScreen = takesScreen;
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
      const screen = this.#kind === 'video' && this.#pc.addTransceiver('video', { direction: 'sendrecv', streams: [this.#local.screenStream] });
      if (screen) prefer(screen, SCREEN);
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
      if (type === 'offer') {
        await this.#attach();
        await this.#describe(await this.#pc.createAnswer(), round);
      }
      this.#tellScreen();
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
      const found = this.#pc.getTransceivers().filter((t) => this.#kindOf(t) === kind && t.direction !== 'inactive');
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
      const kind = this.#kindOf(transceiver);
      const wanted = this.#kind === 'video' || kind === 'audio';
      transceiver.direction = wanted ? 'sendrecv' : 'inactive';
      prefer(transceiver, kind);
      transceiver.sender.setStreams?.(kind === SCREEN ? this.#local.screenStream : this.#local.stream);
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

  #kindOf(transceiver) {
    return this.#isScreen(transceiver) ? SCREEN : transceiver.receiver.track.kind;
  }

  #tellScreen() {
    const way = this.#pc.getTransceivers().find((t) => this.#isScreen(t))?.currentDirection ?? '';
    if (!this.#closed) this.#takesScreen(way.startsWith('send'));
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

// The codecs that every Parley has come first, and for text the one that finds what
// has scrolled; all others stay.
function prefer(transceiver, kind) {
  const codecs = RTCRtpReceiver.getCapabilities?.(kind === SCREEN ? 'video' : kind)?.codecs;
  if (codecs) transceiver.setCodecPreferences?.(first(codecs, PREFERRED[kind]));
}

function first(codecs, mimeType) {
  const same = (codec) => codec.mimeType.toLowerCase() === mimeType.toLowerCase();
  return [...codecs.filter(same), ...codecs.filter((codec) => !same(codec))];
}
