import assert from 'node:assert/strict';
import { test } from 'node:test';
import { initial } from './call.js';
import { duration, ending, initials, screen } from './screen.js';
import { words } from './words.js';

const say = words('en');
const base = {
  fatal: '', name: 'Kim', editing: false, nameFault: false,
  link: { state: 'up', retryAt: 0, full: false },
  inviter: { name: 'ann', display: 'Ann Example' }, here: true, call: initial(), ended: null,
  liveSince: 0, deadline: 0, blocked: false, picture: false, sharing: false, recorded: false,
};
const devices = { muted: false, microphone: true, camera: 'on', displays: true, showing: false, notices: [] };
const show = (change = {}, now = 0) => screen({ ...base, ...change }, { ...devices, ...change }, now, say);
const inCall = (call, change = {}, now = 0) => show({ call: { ...initial(), kind: 'video', ...call }, ...change }, now);

test('the views', () => {
  assert.equal(show({ name: '' }).view, 'name');
  assert.equal(show({ editing: true }).view, 'name');
  assert.equal(show({ fatal: 'expired' }).view, 'fatal');
  assert.equal(show({ link: { state: 'opening' } }).view, 'loading');
  assert.equal(show().view, 'home');
  assert.equal(inCall({ phase: 'ringing' }).view, 'ringing');
  assert.equal(inCall({ phase: 'ringing', answering: true }).view, 'call');
  assert.equal(inCall({ phase: 'preparing' }).view, 'call');
  assert.equal(inCall({ phase: 'ringing' }, { editing: true }).view, 'ringing');
});

test('a call goes on while the server is away', () => {
  assert.equal(inCall({ phase: 'active' }, { link: { state: 'lost', retryAt: 0 } }).view, 'call');
});

test('calling needs somebody to call', () => {
  assert.deepEqual(show().enabled, { 'dial': true, 'dial-audio': true });
  assert.deepEqual(show({ here: false }).enabled, { 'dial': false, 'dial-audio': false });
  const alone = show({ here: false, inviter: null });
  assert.equal(alone.text['home-name'], 'Whoever sent you this link');
  assert.equal(alone.text.presence, 'not here right now');
});

test('a lost server is told with a countdown', () => {
  const lost = (change) => show({ link: { state: 'lost', retryAt: 2500, full: false, ...change } }, 1000);
  assert.equal(lost().text['trouble-text'], 'The connection to the server is gone. Trying again in 2 s.');
  assert.equal(lost({ full: true }).text['trouble-text'], 'The server is full at the moment. Trying again in 2 s.');
  assert.equal(lost({ retryAt: 900 }).text['trouble-text'], 'The connection to the server is gone. Trying again now.');
  assert.equal(lost().enabled.dial, false);
});

test('ringing', () => {
  const video = inCall({ phase: 'ringing' });
  assert.equal(video.title, 'Ann Example is calling');
  assert.equal(video.text['ringing-text'], 'wants to see you');
  assert.equal(video.shown['answer-audio'], true);
  const audio = inCall({ phase: 'ringing', kind: 'audio' });
  assert.equal(audio.text['ringing-text'], 'wants to talk to you');
  assert.equal(audio.shown['answer-audio'], false);
});

test('in a call', () => {
  const active = inCall({ phase: 'active' }, { liveSince: 1000, picture: true }, 66_000);
  assert.equal(active.text.duration, '1:05');
  assert.equal(active.shown.person, false);
  assert.equal(active.shown.recovering, false);
  assert.deepEqual(active.pressed, { mute: false, camera: true, share: false });
  assert.deepEqual(inCall({ phase: 'active' }, { microphone: false, camera: 'none' }).pressed, { mute: true, camera: false, share: false });
  const sound = inCall({ phase: 'active', kind: 'audio' });
  assert.equal(sound.shown.camera, false);
  assert.equal(sound.text['person-text'], 'Sound only');
  const recovering = inCall({ phase: 'recovering' }, { deadline: 9_500 }, 1000);
  assert.equal(recovering.text.recovering, 'The connection is interrupted. Trying for 9 more seconds.');
});

test('every problem with a device has its sentence', () => {
  for (const device of ['camera', 'microphone', 'both']) {
    for (const fault of ['refused', 'none', 'inUse']) {
      assert.ok(inCall({ phase: 'active' }, { notices: [`${device}.${fault}`] }).text['notice-text']);
    }
  }
  for (const notice of ['insecure', 'camera.ended', 'microphone.ended']) {
    assert.ok(inCall({ phase: 'active' }, { notices: [notice] }).text['notice-text']);
  }
});

test('every end has its sentence', () => {
  const told = (reason, more = {}) => ending({ reason, name: 'Ann', text: '', duration: 65_000, ...more }, say);
  for (const reason of ['declined', 'busy', 'noAnswer', 'missed', 'unreachable', 'setupFailed', 'lost', 'offline', 'collision']) {
    assert.ok(told(reason), reason);
  }
  assert.equal(told('withdrawn') + told('rejected') + told('') + ending(null, say), '');
  assert.equal(told('localHangup'), 'The call is over. It took 1:05.');
  assert.equal(told('localHangup', { duration: 0 }), '');
  assert.equal(told('remoteHangup'), 'Ann hung up after 1:05.');
  assert.equal(told('remoteHangup', { duration: 0 }), 'Ann hung up.');
  assert.equal(told('declined', { text: 'Later' }), 'Ann can’t talk right now: “Later”');
});

test('durations', () => {
  assert.deepEqual([-5, 0, 59_999, 60_000, 3_600_000, 36_061_000].map(duration), ['0:00', '0:00', '0:59', '1:00', '1:00:00', '10:01:01']);
});

test('initials', () => {
  assert.deepEqual(['ann example', 'Ann', ' a b c ', '王小明', '👩‍🚀 x', ''].map(initials), ['AE', 'A', 'AC', '王', '👩X', '?']);
});

test('a screen beside the camera', () => {
  const shown = inCall({ phase: 'active' }, { sharing: true });
  assert.equal(shown.data['view-call'].sharing, true);
  assert.equal(shown.shown.person, false); // it has the stage for itself
  assert.equal(shown.label.screen, 'Screen of Ann Example');
  assert.equal(inCall({ phase: 'active', kind: 'audio' }, { sharing: true }).data['view-call'].sharing, false);
  assert.equal(inCall({ phase: 'active' }).shown.person, true);
});

test('who records is told for as long as it is so', () => {
  const recorded = inCall({ phase: 'active' }, { recorded: true });
  assert.equal(recorded.shown.recorded, true);
  assert.equal(recorded.text['recorded-text'], 'Ann Example is recording this call');
  assert.equal(inCall({ phase: 'active' }).shown.recorded, false);
});

test('our own screen', () => {
  const active = inCall({ phase: 'active' }, { takesScreen: true });
  assert.equal(active.shown.share, true);
  assert.equal(active.shown.shared, false);
  assert.equal(active.hint.share, 'Show your screen');
  const shown = inCall({ phase: 'active' }, { takesScreen: true, showing: true });
  assert.equal(shown.shown.shared, true);
  assert.equal(shown.pressed.share, true);
  assert.equal(shown.hint.share, 'Stop showing');
  assert.equal(shown.data['view-call'].sharing, false); // the stage is for what comes
  for (const change of [{ displays: false }, { takesScreen: false }]) {
    assert.equal(inCall({ phase: 'active' }, { takesScreen: true, ...change }).shown.share, false);
  }
  assert.equal(inCall({ phase: 'active', kind: 'audio' }, { takesScreen: true }).shown.share, false);
  assert.equal(inCall({ phase: 'calling' }, { takesScreen: true }).shown.share, false);
  assert.ok(inCall({ phase: 'active' }, { notices: ['share.failed'] }).text['notice-text']);
});
