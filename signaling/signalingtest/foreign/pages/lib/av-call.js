// The calling part of the WeChat clone's page and of vue-av-call, which was made
// from it: the offer is the ring, the answer is the accept, and the caller's
// timer ends what nobody answers.
import { camera, connection, local, remote } from './media.js';
import { handle, note } from './rig.js';

const patience = 30_000;

/**
 * dialect: start(self) connects and returns nothing; say(action, extra, call)
 * says something to call.to; hangup is its word for that; busy(frame, call) is
 * what becomes of an offer during a call, and tells whether that was the end of
 * it; rings(call) and over(call) are told of the beginning and the end.
 * Returns hear(frame): {action, kind, from, offer, answer, candidate, error}.
 */
export function avCall(dialect) {
  let call = null; // {to, kind, offer, peer, stream, since, timer}
  let queue = []; // of candidates, which can overtake their offer

  const rig = handle({
    announces: true,
    async start(self) {
      await dialect.start(self);
      rig.state = 'idle';
    },
    async call(to, kind = 'video') {
      call = { to, kind: `${kind}_call` };
      rig.state = 'calling';
      call.timer = setTimeout(() => end('timeout'), patience);
      await build();
      const offer = await call.peer.createOffer();
      await call.peer.setLocalDescription(offer);
      await dialect.say('offer', { offer }, call);
    },
    async accept() {
      await build();
      await call.peer.setRemoteDescription(call.offer);
      const answer = await call.peer.createAnswer();
      await call.peer.setLocalDescription(answer);
      live();
      await dialect.say('answer', { answer }, call);
      await addQueued();
    },
    reject: () => end('reject'),
    hangup: () => end(dialect.hangup),
  });

  async function build() {
    const mine = call;
    mine.stream = await camera(mine.kind === 'audio_call' ? 'audio' : 'video');
    mine.peer = connection(mine.stream, {
      onCandidate: (candidate) => dialect.say('ice-candidate', { candidate }, mine),
    });
  }

  function live() {
    clearTimeout(call.timer);
    call.since = Date.now();
    rig.state = 'live';
  }

  function close() {
    clearTimeout(call.timer);
    call.peer?.close();
    for (const track of call.stream?.getTracks() ?? []) track.stop();
    remote.srcObject = local.srcObject = null;
    call = null;
    queue = [];
    rig.state = 'idle';
  }

  function end(action) {
    const over = call;
    close();
    const duration = over.since ? Math.round((Date.now() - over.since) / 1000) : 0;
    return dialect.say(action, { duration }, over);
  }

  // What comes before the offer is taken, or before the answer is there, waits.
  const ready = () => ['have-remote-offer', 'stable'].includes(call.peer?.signalingState);

  async function addQueued() {
    for (const candidate of queue.splice(0)) await call.peer.addIceCandidate(candidate);
  }

  const actions = {
    offer(frame) {
      if (call && dialect.busy(frame, call)) return;
      clearTimeout(call?.timer);
      call = { to: frame.from, kind: frame.kind, offer: frame.offer };
      rig.state = 'ringing';
      dialect.rings?.(call);
    },
    async answer(frame) {
      await call.peer.setRemoteDescription(frame.answer);
      live();
      await addQueued();
    },
    async 'ice-candidate'(frame) {
      if (ready()) await call.peer.addIceCandidate(frame.candidate);
      else queue.push(frame.candidate);
    },
    reject: over,
    timeout: over,
    error: over,
    [dialect.hangup]: over,
  };

  function over(frame) {
    note('over', frame.action, frame.error ?? '');
    const was = call;
    if (call) close();
    dialect.over?.(was);
  }

  addEventListener('beforeunload', () => call && end(dialect.hangup));
  return (frame) => actions[frame.action]?.(frame);
}
