// The guest's call machine: step(state, event) -> [state, effects]. It is pure,
// like the desktop's, and follows the same rules: one call at a time, every
// asynchronous event carries its call id, every timer a sequence number.
//
// Phases: idle, preparing (the devices are being opened, nothing was sent yet),
// calling, ringing, connecting, active, recovering. There is no closing phase:
// a browser's peer connection closes at once.

const RING_LIMIT = 45_000;
const SETUP_LIMIT = 20_000;
const RECOVER_LIMIT = 15_000;

export function initial() {
  return idle({ seq: -1, online: false }, '');
}

/** How long the phase may last, in ms since seq last changed; 0: for ever. */
export function limit(state) {
  switch (state.phase) {
    case 'calling':
    case 'ringing':
      return RING_LIMIT;
    case 'connecting':
      return SETUP_LIMIT;
    case 'recovering':
      return RECOVER_LIMIT;
    default:
      return 0;
  }
}

/** Whether both have agreed to the call and it is not over. */
export function live(state) {
  return ['connecting', 'active', 'recovering'].includes(state.phase);
}

export function step(state, event) {
  return handlers[event.type](state, event);
}

const handlers = { dial, ready, accept, reject, hangup, timeout, link, localDescription, localCandidate, peerUp, peerDown, peerFailed, received };

// What the user does.

function dial(s, { id, to, kind }) {
  if (s.phase !== 'idle') return [s, []];
  if (!s.online) return [idle(s, 'offline'), []];
  const next = { ...idle(s, ''), phase: 'preparing', id, remote: to, role: 'caller', kind };
  return [next, [{ do: 'acquire', id, kind }]];
}

function accept(s, { kind }) {
  if (s.phase !== 'ringing' || s.answering) return [s, []];
  const next = { ...s, answering: true, kind: lower(s.kind, kind) };
  return [next, [{ do: 'acquire', id: s.id, kind: next.kind }]];
}

function reject(s, { text = '' }) {
  if (s.phase !== 'ringing') return [s, []];
  return end(s, 'rejected', text ? { type: 'decline', text } : { type: 'decline' });
}

function hangup(s) {
  switch (s.phase) {
    case 'idle':
      return [s, []];
    case 'preparing':
      return end(s, 'withdrawn');
    case 'calling':
      return end(s, 'withdrawn', { type: 'cancel' });
    case 'ringing':
      return end(s, 'rejected', { type: 'decline' });
    default:
      return end(s, 'localHangup', { type: 'bye' });
  }
}

// The devices are open, or known not to be: the call goes on with what there is.
function ready(s, { id }) {
  if (id !== s.id) return [s, []];
  if (s.phase === 'preparing') {
    return [to(s, 'calling'), [{ do: 'open', id, role: 'caller', kind: s.kind }]];
  }
  if (s.phase === 'ringing' && s.answering) {
    return [to(s, 'connecting'), answer(s)];
  }
  return [s, []];
}

function answer(s) {
  return [
    send(s, { type: 'accept', kind: s.kind }),
    { do: 'open', id: s.id, role: 'callee', kind: s.kind },
  ];
}

// What time and the server connection do.

function timeout(s, { seq }) {
  if (seq !== s.seq) return [s, []];
  switch (s.phase) {
    case 'calling':
      return end(s, 'noAnswer', { type: 'cancel', timeout: true });
    case 'ringing':
      return end(s, 'missed', { type: 'bye' });
    case 'connecting':
      return end(s, 'setupFailed', { type: 'bye' });
    case 'recovering':
      return end(s, 'lost', { type: 'bye' });
    default:
      return [s, []];
  }
}

function link(s, { up }) {
  const next = { ...s, online: up };
  if (!up && ['preparing', 'calling'].includes(s.phase)) return end(next, 'offline');
  if (!up && s.phase === 'ringing') return end(next, 'missed');
  // What was lost on the way while the server was gone is made good by a new round.
  if (up && !s.online && ['connecting', 'recovering'].includes(s.phase)) return restart(next);
  return [next, []];
}

// What the peer connection does.

function localDescription(s, { id, description }) {
  if (id !== s.id) return [s, []];
  if (s.phase === 'calling' && description.type === 'offer') {
    return [{ ...s, invited: true }, [send(s, { type: 'invite', kind: s.kind, description })]];
  }
  return [s, live(s) ? [send(s, { type: 'description', description })] : []];
}

function localCandidate(s, { id, candidate }) {
  const wanted = id === s.id && (s.phase === 'calling' || live(s));
  return [s, wanted ? [send(s, { type: 'candidate', candidate })] : []];
}

function peerUp(s, { id }) {
  const news = id === s.id && live(s) && s.phase !== 'active';
  return [news ? to(s, 'active') : s, []];
}

function peerDown(s, { id }) {
  if (id !== s.id || s.phase !== 'active') return [s, []];
  return restart(to(s, 'recovering'));
}

function peerFailed(s, { id }) {
  if (id !== s.id) return [s, []];
  if (s.phase === 'calling') return end(s, 'setupFailed', { type: 'cancel' });
  if (s.phase === 'connecting') return end(s, 'setupFailed', { type: 'bye' });
  return peerDown(s, { id });
}

// Only the caller makes new offers, so that two restarts never meet.
function restart(s) {
  if (s.role !== 'caller') return [s, []];
  const next = { ...s, round: s.round + 1, answered: false };
  return [next, [{ do: 'restart', id: s.id, round: next.round }]];
}

// What the other side says.

function received(s, { from, message }) {
  if (message.type === 'invite') return invite(s, from, message);
  if (s.phase === 'idle' || message.call !== s.id || from !== s.remote) {
    return [s, heal(from, message)];
  }
  // The type comes from the network: only own members count.
  return Object.hasOwn(messages, message.type) ? messages[message.type](s, message) : [s, []];
}

// A goodbye for a call that only the other side believes in. Goodbyes themselves
// and stragglers of a call just ended are not answered.
function heal(from, { type, call }) {
  if (!['ringing', 'accept', 'description'].includes(type)) return [];
  return [{ do: 'send', frame: { type: 'bye', to: from, call } }];
}

const messages = {
  ringing: (s) => [s.phase === 'calling' ? { ...s, alerted: true } : s, []],
  accept: accepted,
  decline: (s, { text = '' }) => (s.phase === 'calling' ? end({ ...s, text }, 'declined') : [s, []]),
  busy: (s) => (s.phase === 'calling' ? end(s, 'busy') : [s, []]),
  unavailable,
  cancel: left,
  bye: left,
  description: described,
  candidate: (s, { candidate }) => [s, [{ do: 'addCandidate', id: s.id, candidate }]],
};

// Once a call is answered, the path tells better than the server who is there.
function unavailable(s) {
  if (s.phase === 'calling') return end(s, 'unreachable');
  return s.phase === 'ringing' ? end(s, 'missed') : [s, []];
}

// A goodbye instead of an answer is what a callee says that rang until its limit.
function left(s) {
  return end(s, { calling: 'noAnswer', ringing: 'missed' }[s.phase] ?? 'remoteHangup');
}

function accepted(s, { kind }) {
  if (s.role !== 'caller' || !['calling', 'connecting'].includes(s.phase)) return [s, []];
  const joined = s.phase === 'calling' ? to(s, 'connecting') : s;
  const next = { ...joined, kind: lower(s.kind, kind) };
  const effects = next.kind === s.kind ? [] : [{ do: 'narrow', id: s.id }];
  // The path may be up already; what it is now is asked, not remembered.
  return [next, [...effects, { do: 'report', id: s.id }]];
}

function described(s, { description }) {
  const { type, round = 0 } = description;
  const effects = [{ do: 'setRemote', id: s.id, description }];
  if (type === 'answer' && s.role === 'caller' && round === s.round && !s.answered) {
    // An answer is an accept in itself, should that come later.
    const next = s.phase === 'calling' ? to(s, 'connecting') : s;
    return [{ ...next, answered: true }, effects];
  }
  if (type === 'offer' && s.role === 'callee' && round >= s.round) return [{ ...s, round }, effects];
  return [s, []];
}

function invite(s, from, message) {
  if (s.phase === 'idle') return ring(s, from, message);
  if (from !== s.remote) return [s, [{ do: 'send', frame: { type: 'busy', to: from, call: message.call } }]];
  // Our own invite come back, or theirs once more.
  if (message.call === s.id) return s.phase === 'calling' ? end(s, 'collision', { type: 'cancel' }) : [s, []];
  switch (s.phase) {
    case 'preparing':
      return adopt(s, from, message);
    case 'calling':
      // They will answer ours, if they can know of it.
      return message.call > s.id || !s.invited ? yieldTo(s, from, message) : [s, []];
    default: {
      // They ring again: their program forgot the call that we still see.
      const [ended, closing] = end(s, s.phase === 'ringing' ? 'missed' : 'remoteHangup');
      const [next, effects] = ring(ended, from, message);
      return [next, [...closing, ...effects]];
    }
  }
}

function ring(s, from, { call, kind, description }) {
  const next = { ...to(idle(s, ''), 'ringing'), id: call, remote: from, role: 'callee', kind };
  return [next, [send(next, { type: 'ringing' }), ...keepOffer(call, description)]];
}

// We were about to call them, so their call needs no question.
function adopt(s, from, message) {
  const [ringing, effects] = ring(s, from, message);
  const [next, more] = accept(ringing, { kind: s.kind });
  return [next, [...effects, ...more]];
}

// Both rang at the same moment: ours is withdrawn, theirs is answered.
function yieldTo(s, from, { call, kind, description }) {
  const next = { ...to(s, 'connecting'), id: call, role: 'callee', kind: lower(s.kind, kind) };
  const effects = [...goodbye(s, { type: 'cancel' }), { do: 'close', id: s.id }];
  return [next, [...effects, ...keepOffer(call, description), ...answer(next)]];
}

function keepOffer(id, description) {
  return description ? [{ do: 'setRemote', id, description }] : [];
}

// How states are made.

function idle(s, reason) {
  return {
    phase: 'idle', id: '', remote: '', role: '', kind: '', round: 0,
    invited: false, alerted: false, answering: false, answered: false, text: '',
    seq: s.seq + 1, online: s.online, end: reason,
  };
}

function to(s, phase) {
  return { ...s, phase, seq: s.seq + 1 };
}

function end(s, reason, message) {
  const effects = [...goodbye(s, message), { do: 'close', id: s.id }, { do: 'release' }];
  return [{ ...idle(s, reason), text: s.text }, effects];
}

// An invite that never left needs no goodbye.
function goodbye(s, message) {
  const unknown = s.phase === 'calling' && !s.invited;
  return message && !unknown ? [send(s, message)] : [];
}

function send(s, message) {
  return { do: 'send', frame: { ...message, to: s.remote, call: s.id } };
}

function lower(a, b) {
  return a === 'audio' || b === 'audio' ? 'audio' : 'video';
}
