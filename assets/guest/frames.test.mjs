import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ofCall, read } from './frames.js';

const parse = (frame) => read(JSON.stringify(frame));
const call = { from: 'ann', call: 'c' };
const good = [
  { type: 'welcome', self: { name: 'guest-x', display: 'Kim' }, resume: 'r', ice: [] },
  { type: 'presence', here: [{ name: 'ann', display: 'Ann', kind: 'person' }] },
  { type: 'came', member: { name: 'ann', display: 'Ann' } },
  { type: 'gone', name: 'ann' },
  { type: 'error', code: 'too-fast', text: 'x' },
  { type: 'invite', ...call, kind: 'video', description: { type: 'offer', sdp: '', round: 0 } },
  { type: 'invite', ...call, kind: 'audio' },
  { type: 'decline', ...call },
  { type: 'description', ...call, description: { type: 'answer', sdp: 'x' } },
  { type: 'candidate', ...call, candidate: { candidate: '' } },
  { type: 'bye', ...call, unknown: 'members are ignored' },
];

test('what the protocol says is read', () => {
  for (const frame of good) assert.deepEqual(parse(frame), frame);
});

test('a frame without one of its members is dropped', () => {
  for (const frame of good) {
    for (const name of Object.keys(frame).filter((n) => !['resume', 'ice', 'text', 'unknown'].includes(n) && !(frame.type === 'invite' && n === 'description'))) {
      const { [name]: _, ...rest } = frame;
      assert.equal(parse(rest), null, `${frame.type} without ${name}`);
      assert.equal(parse({ ...frame, [name]: 7 }), null, `${frame.type} with a number as ${name}`);
    }
  }
});

test('nonsense is dropped', () => {
  for (const data of ['', '{', 'null', '[]', '7', '"x"', '{}', '{"type":7}', '{"type":"surprise"}', '{"type":"constructor"}', new ArrayBuffer(4)]) {
    assert.equal(read(data), null);
  }
  assert.equal(parse({ type: 'invite', ...call, kind: 'smell' }), null);
  assert.equal(parse({ type: 'description', ...call, description: { type: 'rollback', sdp: '' } }), null);
  assert.equal(parse({ type: 'presence', here: [null] }), null);
});

test('calls are told from the rest', () => {
  assert.equal(ofCall({ type: 'bye' }), true);
  assert.equal(ofCall({ type: 'presence' }), false);
});
