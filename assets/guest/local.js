// What goes out in a call: the microphone, and the camera or a still in its
// place. Nothing here ends a call: what is missing becomes a notice, and can be
// tried again.

import { Blank } from './blank.js';
import { acquire, display, displays, open } from './devices.js';
import { Still } from './still.js';

export class Local {
  stream = new MediaStream(); // names what belongs together; it has no tracks itself
  screenStream = new MediaStream(); // the same for the screen, which is beside the others
  tracks = { audio: null, video: null, screen: null };
  displays = displays(navigator.mediaDevices); // whether a screen can be shown at all
  showing = false; // a screen
  camera = 'off'; // or 'on', or 'none' when it could not be had
  microphone = false;
  muted = false;
  notices = []; // keys of sentences, without "device."
  #cameraTrack = null;
  #still = null;
  #shared = null;
  #blank = null;
  #label = '';
  #changed;
  #replaced;

  /** changed() is told of everything, replaced(kind, track) of tracks to send. */
  constructor({ changed, replaced }) {
    this.#changed = changed;
    this.#replaced = replaced;
  }

  /** The stream to preview, or null while there is no camera. */
  preview() {
    return this.#cameraTrack ? new MediaStream([this.#cameraTrack]) : null;
  }

  /**
   * Opens what a call of this kind wants; label is what a still shows. If
   * wanted() is false by then, all is closed again and the result is false.
   */
  async acquire(kind, label, wanted) {
    const got = await acquire(kind, navigator.mediaDevices);
    if (!wanted()) {
      for (const track of [got.audio, got.video]) track?.stop();
      return false;
    }
    this.#label = label;
    this.#useMicrophone(got.audio);
    if (kind === 'video') this.#useCamera(got.video);
    if (got.problems.some((problem) => problem.device !== 'microphone')) this.camera = 'none';
    this.notices = got.problems.map(noticeFor);
    this.#changed();
    return true;
  }

  /** Mutes or unmutes; without a microphone, tries again to have one. */
  async toggleMute(wanted) {
    if (!this.microphone) {
      await this.#retry('microphone', wanted, (track) => this.#useMicrophone(track));
      return;
    }
    this.muted = !this.muted;
    this.tracks.audio.enabled = !this.muted;
    this.#changed();
  }

  /** Frees the camera, so that its light goes out, or opens it again. */
  async toggleCamera(wanted) {
    if (this.camera !== 'on') {
      await this.#retry('camera', wanted, (track) => this.#useCamera(track));
      return;
    }
    this.#cameraTrack.stop();
    this.#useCamera(null);
    this.#changed();
  }

  /** Shows a screen that the user chooses, or shows it no more. */
  async toggleShare(wanted) {
    if (this.showing) {
      this.#unshare();
      return;
    }
    const { track, fault } = await display(navigator.mediaDevices);
    if (!wanted() || this.showing) {
      track?.stop();
      return;
    }
    this.notices = fault ? [`share.${fault}`] : [];
    if (track) this.#share(track);
    this.#changed();
  }

  dismiss() {
    this.notices = [];
    this.#changed();
  }

  /** Sends no picture any more: the call is one of sound only. */
  stopCamera() {
    this.#cameraTrack?.stop();
    this.#cameraTrack = null;
    this.tracks.video = null;
    this.camera = 'off';
    this.#dropStill();
    this.#dropShared();
    this.#changed();
  }

  /** Closes everything. */
  release() {
    this.tracks.audio?.stop();
    this.tracks.audio = null;
    Object.assign(this, { microphone: false, muted: false, notices: [] });
    this.stopCamera();
  }

  #useMicrophone(track) {
    this.tracks.audio = track;
    this.microphone = Boolean(track);
    if (track) {
      track.enabled = !this.muted;
      track.onended = () => this.#lost('microphone');
    }
    this.#replaced('audio', track);
  }

  #useCamera(track) {
    this.#cameraTrack = track;
    this.camera = track ? 'on' : 'off';
    if (track) track.onended = () => this.#lost('camera');
    else this.#still ??= new Still(this.#label);
    this.tracks.video = track ?? this.#still.track;
    this.#replaced('video', this.tracks.video);
    if (track) this.#dropStill();
  }

  #share(track) {
    this.#shared = track;
    this.showing = true;
    track.onended = () => this.#unshare(); // by the browser's own button, or with its window
    this.#sendScreen(track);
    this.#blank?.close();
    this.#blank = null;
  }

  // From now on pictures say that nothing is shown.
  #unshare() {
    this.#shared.onended = null;
    this.#shared.stop();
    this.#shared = null;
    this.showing = false;
    this.#blank = new Blank();
    this.#sendScreen(this.#blank.track);
    this.#changed();
  }

  #sendScreen(track) {
    this.tracks.screen = track;
    this.#replaced('screen', track);
  }

  #dropShared() {
    if (this.#shared) this.#shared.onended = null;
    this.#shared?.stop();
    this.#blank?.close();
    this.#shared = this.#blank = this.tracks.screen = null;
    this.showing = false;
  }

  // A device went away by itself, as with its cable.
  #lost(device) {
    if (device === 'camera') {
      this.#useCamera(null);
      this.camera = 'none';
    } else {
      this.#useMicrophone(null);
    }
    this.notices = [noticeFor({ device, fault: 'ended' })];
    this.#changed();
  }

  async #retry(device, wanted, use) {
    const { track, fault } = await open(device, navigator.mediaDevices);
    if (!wanted()) {
      track?.stop();
      return;
    }
    if (track) use(track);
    this.notices = track ? [] : [noticeFor({ device, fault })];
    this.#changed();
  }

  #dropStill() {
    this.#still?.close();
    this.#still = null;
  }
}

function noticeFor({ device, fault }) {
  return fault === 'insecure' ? 'insecure' : `${device}.${fault}`;
}
