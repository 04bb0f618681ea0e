import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acquire, display, displays, fault, open } from './devices.js';

const track = (kind) => ({ kind, stop() {} });
const named = (name) => Object.assign(new Error(name), { name });

/** Devices that fail as told: {audio, video} are names of DOMExceptions. */
function media(fails = {}) {
  const asked = [];
  return {
    asked,
    async getUserMedia(wanted) {
      asked.push(Object.keys(wanted).join('+'));
      for (const kind of Object.keys(wanted)) if (fails[kind]) throw named(fails[kind]);
      const tracks = Object.keys(wanted).map(track);
      return {
        getTracks: () => tracks,
        getAudioTracks: () => tracks.filter((t) => t.kind === 'audio'),
        getVideoTracks: () => tracks.filter((t) => t.kind === 'video'),
      };
    },
  };
}

test('both at once, so that the user is asked once', async () => {
  const m = media();
  const got = await acquire('video', m);
  assert.deepEqual([got.audio.kind, got.video.kind, got.problems], ['audio', 'video', []]);
  assert.deepEqual(m.asked, ['audio+video']);
});

test('a call of sound only asks for no camera', async () => {
  const m = media();
  const got = await acquire('audio', m);
  assert.deepEqual([got.audio.kind, got.video, m.asked], ['audio', null, ['audio']]);
});

test('without a camera it goes on with sound', async () => {
  const got = await acquire('video', media({ video: 'NotFoundError' }));
  assert.equal(got.audio.kind, 'audio');
  assert.deepEqual(got.problems, [{ device: 'camera', fault: 'none' }]);
});

test('without a microphone it goes on with the picture', async () => {
  const got = await acquire('video', media({ audio: 'NotReadableError' }));
  assert.equal(got.video.kind, 'video');
  assert.deepEqual(got.problems, [{ device: 'microphone', fault: 'inUse' }]);
});

test('without either it only watches', async () => {
  const got = await acquire('video', media({ audio: 'NotAllowedError', video: 'NotAllowedError' }));
  assert.deepEqual(got, { audio: null, video: null, problems: [{ device: 'both', fault: 'refused' }] });
  const mixed = await acquire('video', media({ audio: 'NotAllowedError', video: 'NotFoundError' }));
  assert.deepEqual(mixed.problems, [{ device: 'camera', fault: 'none' }, { device: 'microphone', fault: 'refused' }]);
});

test('an insecure page has no devices at all', async () => {
  for (const nothing of [undefined, {}]) {
    for (const kind of ['audio', 'video']) {
      const got = await acquire(kind, nothing);
      assert.deepEqual(got.problems, [{ device: 'both', fault: 'insecure' }]);
    }
    assert.equal((await open('camera', nothing)).fault, 'insecure');
  }
});

test('the words for exceptions', () => {
  const words = ['NotAllowedError', 'SecurityError', 'NotFoundError', 'OverconstrainedError', 'NotReadableError', 'AbortError'].map((n) => fault(named(n)));
  assert.deepEqual(words, ['refused', 'refused', 'none', 'none', 'inUse', 'inUse']);
});

test('a screen to show', async () => {
  const track = { kind: 'video', contentHint: '' };
  const chosen = { getDisplayMedia: async () => ({ getVideoTracks: () => [track] }) };
  assert.deepEqual(await display(chosen), { track, fault: null });
  assert.equal(track.contentHint, 'detail');
  const failing = (name, message = '') => ({ getDisplayMedia: () => Promise.reject(Object.assign(new Error(message), { name })) });
  const faults = { NotAllowedError: null, AbortError: null, NotReadableError: 'failed', InvalidStateError: 'failed' };
  for (const [name, why] of Object.entries(faults)) assert.deepEqual(await display(failing(name)), { track: null, fault: why }, name);
  assert.equal((await display(failing('NotAllowedError', 'Permission denied by system'))).fault, 'failed');
  assert.deepEqual([chosen, {}, undefined].map(displays), [true, false, false]);
});
