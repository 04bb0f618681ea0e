import assert from 'node:assert/strict';
import { test } from 'node:test';
import { initial, limit, live, step } from './call.js';

const ann = 'ann';
const offer = { type: 'offer', sdp: 'o', round: 0 };
const answer = { type: 'answer', sdp: 'a', round: 0 };
const says = (message, from = ann) => ({ type: 'received', from, message: { call: 'm', ...message } });
const theirs = (extra = {}) => says({ type: 'invite', call: 't', kind: 'video', description: offer, ...extra });
const up = { type: 'link', up: true };
const dial = { type: 'dial', id: 'm', to: ann, kind: 'video' };
const ready = (id) => ({ type: 'ready', id });
const made = (description, id = 'm') => ({ type: 'localDescription', id, description });

const calling = [up, dial, ready('m'), made(offer)];
const connecting = [...calling, says({ type: 'accept', kind: 'video' })];
const active = [...connecting, says({ type: 'description', description: answer }), { type: 'peerUp', id: 'm' }];
const ringing = [up, theirs()];
const joined = [...ringing, { type: 'accept', kind: 'video' }, ready('t')];
const calleeActive = [...joined, { type: 'peerUp', id: 't' }];

/** The state after events, and the effects of the last, in short words. */
function after(...events) {
  let state = initial();
  let effects = [];
  for (const event of events) [state, effects] = step(state, event);
  return [state, effects.map(short).join('; ')];
}

function short(e) {
  if (e.do === 'send') {
    const { type, call, to, ...rest } = e.frame;
    const more = rest.description ? ` ${rest.description.type} ${rest.description.round}` : '';
    return `send ${type} ${call} to ${to}${rest.kind ? ` ${rest.kind}` : ''}${more}${rest.timeout ? ' timeout' : ''}${rest.text ? ` ${rest.text}` : ''}`;
  }
  return [e.do, e.id, e.role, e.kind, e.round, e.description?.type, e.candidate?.candidate].filter((x) => x !== undefined).join(' ');
}

const over = (id) => `close ${id}; release`;

for (const [name, before, event, phase, effects, more = {}] of [
  ['dial opens the devices first', [up], dial, 'preparing', 'acquire m video'],
  ['dial without a server', [], dial, 'idle', '', { end: 'offline' }],
  ['dial while in a call', ringing, dial, 'ringing', ''],
  ['devices are ready', [up, dial], ready('m'), 'calling', 'open m caller video'],
  ['devices of another call', [up, dial], ready('x'), 'preparing', ''],
  ['the offer travels with the invite', [up, dial, ready('m')], made(offer), 'calling', 'send invite m to ann video offer 0'],
  ['hang up while preparing', [up, dial], { type: 'hangup' }, 'idle', over('m'), { end: 'withdrawn' }],
  ['hang up while calling', calling, { type: 'hangup' }, 'idle', `send cancel m to ann; ${over('m')}`, { end: 'withdrawn' }],
  ['hang up a live call', active, { type: 'hangup' }, 'idle', `send bye m to ann; ${over('m')}`, { end: 'localHangup' }],
  ['hang up nothing', [up], { type: 'hangup' }, 'idle', ''],

  ['they ring', calling, says({ type: 'ringing' }), 'calling', '', { alerted: true }],
  ['they accept', calling, says({ type: 'accept', kind: 'video' }), 'connecting', 'report m'],
  ['they accept with sound only', calling, says({ type: 'accept', kind: 'audio' }), 'connecting', 'narrow m; report m', { kind: 'audio' }],
  ['an answer is an accept', calling, says({ type: 'description', description: answer }), 'connecting', 'setRemote m answer', { answered: true }],
  ['answer', connecting, says({ type: 'description', description: answer }), 'connecting', 'setRemote m answer'],
  ['second answer', active, says({ type: 'description', description: answer }), 'active', ''],
  ['they decline', calling, says({ type: 'decline', text: 'later' }), 'idle', over('m'), { end: 'declined', text: 'later' }],
  ['they are busy', calling, says({ type: 'busy' }), 'idle', over('m'), { end: 'busy' }],
  ['nobody home', calling, says({ type: 'unavailable' }), 'idle', over('m'), { end: 'unreachable' }],
  ['not delivered in a call', active, says({ type: 'unavailable' }), 'active', ''],
  ['they rang until their limit', calling, says({ type: 'bye' }), 'idle', over('m'), { end: 'noAnswer' }],
  ['decline after the accept', connecting, says({ type: 'decline' }), 'connecting', ''],
  ['they hang up', active, says({ type: 'bye' }), 'idle', over('m'), { end: 'remoteHangup' }],

  ['ring', [up], theirs(), 'ringing', 'send ringing t to ann; setRemote t offer', { role: 'callee', kind: 'video' }],
  ['the same invite again', ringing, theirs(), 'ringing', ''],
  ['they ring anew', ringing, theirs({ call: 'u' }), 'ringing', `${over('t')}; send ringing u to ann; setRemote u offer`, { id: 'u' }],
  ['somebody else rings', ringing, says({ type: 'invite', call: 'b', kind: 'audio' }, 'bob'), 'ringing', 'send busy b to bob'],
  ['answer it', ringing, { type: 'accept', kind: 'video' }, 'ringing', 'acquire t video', { answering: true }],
  ['answer it twice', [...ringing, { type: 'accept', kind: 'video' }], { type: 'accept', kind: 'audio' }, 'ringing', ''],
  ['answer with sound only', ringing, { type: 'accept', kind: 'audio' }, 'ringing', 'acquire t audio', { kind: 'audio' }],
  ['answered', [...ringing, { type: 'accept', kind: 'video' }], ready('t'), 'connecting', 'send accept t to ann video; open t callee video'],
  ['they give up while our devices open', [...ringing, { type: 'accept', kind: 'video' }], says({ type: 'cancel', call: 't' }), 'idle', over('t'), { end: 'missed' }],
  ['devices of a missed call', [...ringing, { type: 'accept', kind: 'video' }, says({ type: 'cancel', call: 't' })], ready('t'), 'idle', ''],
  ['decline it', ringing, { type: 'reject', text: 'later' }, 'idle', `send decline t to ann later; ${over('t')}`, { end: 'rejected' }],
  ['early candidate', ringing, says({ type: 'candidate', call: 't', candidate: { candidate: 'c' } }), 'ringing', 'addCandidate t c'],
  ['they cancel', ringing, says({ type: 'cancel', call: 't' }), 'idle', over('t'), { end: 'missed' }],
  ['our answer', joined, made(answer, 't'), 'connecting', 'send description t to ann answer 0'],

  ['collision: ours is larger', calling, theirs({ call: 'a' }), 'calling', ''],
  ['collision: ours never left', [up, dial, ready('m')], theirs({ call: 'a' }), 'connecting', 'close m; setRemote a offer; send accept a to ann video; open a callee video', { id: 'a' }],
  ['collision: theirs is larger', calling, theirs(), 'connecting', 'send cancel m to ann; close m; setRemote t offer; send accept t to ann video; open t callee video', { id: 't', role: 'callee' }],
  ['collision: theirs has sound only', calling, theirs({ kind: 'audio' }), 'connecting', 'send cancel m to ann; close m; setRemote t offer; send accept t to ann audio; open t callee audio', { kind: 'audio' }],
  ['collision with oneself', calling, theirs({ call: 'm' }), 'idle', `send cancel m to ann; ${over('m')}`, { end: 'collision' }],
  ['they ring while our devices open', [up, dial], theirs(), 'ringing', 'send ringing t to ann; setRemote t offer; acquire t video', { answering: true }],
  ['they ring in a call they forgot', active, theirs(), 'ringing', `${over('m')}; send ringing t to ann; setRemote t offer`],

  ['path lost, as the caller', active, { type: 'peerDown', id: 'm' }, 'recovering', 'restart m 1', { round: 1 }],
  ['path lost, as the callee', calleeActive, { type: 'peerDown', id: 't' }, 'recovering', ''],
  ['their restart', [...calleeActive, { type: 'peerDown', id: 't' }], says({ type: 'description', call: 't', description: { ...offer, round: 1 } }), 'recovering', 'setRemote t offer', { round: 1 }],
  ['our answer to a restart', [...calleeActive, says({ type: 'description', call: 't', description: { ...offer, round: 1 } })], made({ ...answer, round: 1 }, 't'), 'active', 'send description t to ann answer 1'],
  ['answer of an old round', [...active, { type: 'peerDown', id: 'm' }], says({ type: 'description', description: answer }), 'recovering', ''],
  ['offer of an old round', [...calleeActive, says({ type: 'description', call: 't', description: { ...offer, round: 2 } })], says({ type: 'description', call: 't', description: { ...offer, round: 1 } }), 'active', ''],
  ['path mended', [...active, { type: 'peerDown', id: 'm' }], { type: 'peerUp', id: 'm' }, 'active', ''],
  ['failed before it worked', connecting, { type: 'peerFailed', id: 'm' }, 'idle', `send bye m to ann; ${over('m')}`, { end: 'setupFailed' }],
  ['failed later', active, { type: 'peerFailed', id: 'm' }, 'recovering', 'restart m 1'],
  ['a late word of an old peer', active, { type: 'peerFailed', id: 'x' }, 'active', ''],

  ['server lost while calling', calling, { type: 'link', up: false }, 'idle', over('m'), { end: 'offline', online: false }],
  ['server lost while ringing', ringing, { type: 'link', up: false }, 'idle', over('t'), { end: 'missed', online: false }],
  ['server lost in a call', active, { type: 'link', up: false }, 'active', '', { online: false }],
  ['server back while recovering', [...active, { type: 'link', up: false }, { type: 'peerDown', id: 'm' }], up, 'recovering', 'restart m 2'],

  ['accept of an unknown call', [up], says({ type: 'accept', call: 'x' }), 'idle', 'send bye x to ann'],
  ['description of an unknown call', active, says({ type: 'description', call: 'x', description: offer }), 'active', 'send bye x to ann'],
  ['goodbye of an unknown call', active, says({ type: 'bye', call: 'x' }), 'active', ''],
  ['candidate of an unknown call', [up], says({ type: 'candidate', call: 'x', candidate: {} }), 'idle', ''],
  ['our call, but not from them', active, says({ type: 'bye' }, 'bob'), 'active', ''],
  ['a word nobody knows', active, says({ type: 'constructor' }), 'active', ''],
]) {
  test(name, () => {
    const [state, did] = after(...before, event);
    assert.equal(state.phase, phase);
    assert.equal(did, effects);
    for (const [key, value] of Object.entries(more)) assert.equal(state[key], value, key);
  });
}

for (const [name, before, phase, end, effects] of [
  ['calling', calling, 'idle', 'noAnswer', `send cancel m to ann timeout; ${over('m')}`],
  ['ringing', ringing, 'idle', 'missed', `send bye t to ann; ${over('t')}`],
  ['connecting', connecting, 'idle', 'setupFailed', `send bye m to ann; ${over('m')}`],
  ['recovering', [...active, { type: 'peerDown', id: 'm' }], 'idle', 'lost', `send bye m to ann; ${over('m')}`],
  ['active', active, 'active', '', ''],
  ['preparing', [up, dial], 'preparing', '', ''],
]) {
  test(`time is up while ${name}`, () => {
    const [{ seq }] = after(...before);
    const [state, did] = after(...before, { type: 'timeout', seq });
    assert.deepEqual([state.phase, state.end, did], [phase, end, effects]);
    const [stale] = after(...before, { type: 'timeout', seq: seq - 1 });
    assert.equal(stale.phase, after(...before)[0].phase);
  });
}

// Two guests' machines against each other, over two ordered queues, driven by a
// seeded walk: whatever the users do, delivering what is in flight leaves both
// at rest or both in the same call.
test('two machines always agree', () => {
  for (let seed = 1; seed <= 5000; seed++) walk(seed);
});

function walk(seed) {
  const random = generator(seed);
  const ends = { a: end('a', 'b'), b: end('b', 'a') };
  const history = [];
  const act = (end, event) => {
    history.push(`${end.name}: ${JSON.stringify(event)}`);
    const [state, effects] = step(end.state, event);
    end.state = state;
    for (const e of effects) perform(ends, end, e);
  };
  for (let i = 0; i < 14; i++) {
    const end = pick(random, [ends.a, ends.b]);
    const event = pick(random, [
      () => ({ type: 'dial', id: `${Math.floor(random() * 1e6)}`, to: end.other, kind: pick(random, ['audio', 'video']) }),
      () => ({ type: 'accept', kind: 'video' }),
      () => ({ type: 'hangup' }),
      () => end.inbox.shift(),
      () => end.inbox.shift(),
      () => end.later.shift(),
      () => end.later.shift(),
    ])();
    if (event) act(end, event);
  }
  settle(ends, act);
  const [a, b] = [ends.a.state, ends.b.state];
  const agree = a.phase === b.phase && a.id === b.id && ['idle', 'active'].includes(a.phase);
  assert.ok(agree, `seed ${seed}: ${a.phase} ${a.id} against ${b.phase} ${b.id}\n${history.join('\n')}`);
  for (const e of [ends.a, ends.b]) assert.ok(e.open.size <= 1 && (live(e.state) || e.open.size === 0), `seed ${seed}: peers left open: ${[...e.open]}`);
}

function pick(random, list) {
  return list[Math.floor(random() * list.length)];
}

function end(name, other) {
  const [state] = step(initial(), { type: 'link', up: true });
  return { name, other, state, inbox: [], later: [], open: new Set() };
}

function perform(ends, end, e) {
  const { later, open } = end;
  if (e.do === 'send') ends[end.other].inbox.push({ type: 'received', from: end.name, message: e.frame });
  if (e.do === 'acquire') later.push({ type: 'ready', id: e.id });
  if (e.do === 'close') open.delete(e.id);
  if (e.do === 'open') {
    assert.equal(open.size, 0, 'a peer is opened while another is open');
    open.add(e.id);
    if (e.role === 'caller') later.push({ type: 'localDescription', id: e.id, description: { type: 'offer', round: 0 } });
    else later.push({ type: 'localDescription', id: e.id, description: { type: 'answer', round: 0 } }, { type: 'peerUp', id: e.id });
  }
  if (e.do === 'setRemote' && e.description.type === 'answer') later.push({ type: 'peerUp', id: e.id });
}

function settle(ends, act) {
  for (let i = 0; i < 500; i++) {
    const end = [ends.a, ends.b].find((e) => e.inbox.length || e.later.length || e.state.phase === 'ringing');
    if (!end) break;
    act(end, end.later.shift() ?? end.inbox.shift() ?? { type: 'accept', kind: 'video' });
  }
}

function generator(seed) {
  let x = seed * 2654435761 >>> 0;
  return () => {
    x = (x + 0x6d2b79f5) >>> 0;
    let t = Math.imul(x ^ (x >>> 15), x | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

test('limits', () => {
  assert.equal(limit(after(...calling)[0]), 45_000);
  assert.equal(limit(after(...active)[0]), 0);
});
