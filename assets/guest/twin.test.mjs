import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fold, shows, unfold } from './twin.js';

const text = (...lines) => lines.map((line) => `${line}\r\n`).join('');
const head = ['v=0', 'o=- 1 1 IN IP4 0.0.0.0', 's=-', 't=0 0'];
const sound = ['m=audio 9 UDP/TLS/RTP/SAVPF 111', 'a=mid:0', 'a=sendrecv'];
const camera = ['m=video 9 UDP/TLS/RTP/SAVPF 96', 'c=IN IP4 0.0.0.0', 'a=fingerprint:sha-256 AA:BB', 'a=ice-ufrag:u', 'a=rtpmap:96 VP8/90000'];
const own = ['a=mid:1', 'a=sendrecv', 'a=msid:s v', 'a=ssrc:7 cname:x'];
const screen = ['a=mid:2', 'a=recvonly'];
const bundle = (...mids) => ['a=group:BUNDLE', ...mids].join(' ');

const ours = text(...head, bundle(0, 1, 2), ...sound, ...camera, ...own, ...camera, ...screen);
const sent = text(...head, bundle(0, 1), ...sound, ...camera, ...own, 'a=x-parley-screen:2 recvonly AA:BB');

test('what is sent has one section of pictures, and a line', () => {
  assert.equal(fold(ours, '2'), sent);
  assert.equal(fold(ours, ''), ours);
  assert.equal(fold(ours, 'x'), ours);
  const refused = ours.replace('a=recvonly', 'a=inactive');
  assert.equal(fold(refused, '2'), text(...head, bundle(0, 1), ...sound, ...camera, ...own));
});

test('what we send on it has a name, and so has what is sent again', () => {
  const sending = (...lines) => fold(ours.replace(text(...screen), text('a=mid:2', 'a=sendrecv', ...lines)), '2').match(/x-parley-screen:(.*)\r/)[1];
  assert.equal(sending('a=ssrc:8 cname:x', 'a=ssrc:8 msid:s v'), '2 sendrecv AA:BB 8');
  assert.equal(sending('a=ssrc-group:FID 9 8', 'a=ssrc:8 cname:x', 'a=ssrc:9 cname:x'), '2 sendrecv AA:BB 9 8');
  assert.equal(sending('a=ssrc:8 cname:x', 'a=ssrc:9 cname:x', 'a=ssrc-group:FID 8 9', 'a=ssrc:10 cname:x'), '2 sendrecv AA:BB 8 9');
  assert.equal(sending(), '2 sendrecv AA:BB');
});

test('what is received has the section put back', () => {
  const offer = sent.replace('2 recvonly AA:BB', 'screen sendrecv AA:BB 8 9');
  const { sdp, mid } = unfold(offer);
  assert.equal(mid, 'screen');
  assert.equal(sdp, text(
    ...head, bundle(0, 1, 'screen'), ...sound, ...camera, ...own, 'a=x-parley-screen:screen sendrecv AA:BB 8 9', ...camera,
    'a=mid:screen', 'a=sendrecv', 'a=content:slides', 'a=msid:parley-screen screen', 'a=ssrc-group:FID 8 9',
    'a=ssrc:8 cname:parley-screen', 'a=ssrc:9 cname:parley-screen',
  ));
});

test('an answer has it where the offer had it, or refuses it', () => {
  const data = ['m=application 9 UDP/DTLS/SCTP webrtc-datachannel', 'a=mid:3'];
  const answer = text(...head, bundle(0, 1, 3), ...sound, ...camera, ...own, ...data);
  const { sdp, mid } = unfold(answer, '2', ours);
  assert.equal(mid, '');
  assert.match(sdp, /m=video 0 .*\r\nc=.*\r\na=mid:2\r\na=inactive\r\nm=application/);
  assert.match(sdp, /BUNDLE 0 1 3\r\n/);
  const taken = unfold(answer.replace('a=mid:1', 'a=mid:1\r\na=x-parley-screen:2 sendonly AA:BB 5'), '2', ours);
  assert.equal(taken.mid, '2');
  assert.match(taken.sdp, /a=mid:2\r\na=sendonly\r\n.*\r\n.*\r\na=ssrc:5 .*\r\nm=application/);
});

test('lines that are not for us', () => {
  for (const line of ['', '2', '2 sendrecv', '2 sendrecv AA:CC', '1 sendrecv AA:BB', '2 both AA:BB', '2 sendrecv AA:BB x', '2 sendrecv AA:BB 1 2 3']) {
    const offer = sent.replace('2 recvonly AA:BB', line);
    assert.deepEqual(unfold(offer), { sdp: offer, mid: '' }, line);
  }
});

test('a description of sound only', () => {
  const offer = text(...head, ...sound);
  assert.deepEqual(unfold(offer), { sdp: offer, mid: '' });
  assert.deepEqual(unfold('nonsense'), { sdp: 'nonsense', mid: '' });
});

test('what shows nothing', () => {
  assert.deepEqual([shows(0, 0), shows(16, 16), shows(16, 17), shows(640, 360)], [false, false, true, true]);
});
