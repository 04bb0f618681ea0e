// The room demo with addCandidate: its page, with the faults it has. Candidates
// are collected and added when addCandidate is heard, at no other time; there is
// no hang-up, so the end of the connection is the end of the call.
import { camera, connection, local, remote } from './media.js';
import { handle, note } from './rig.js';

/** connect(listeners, room) joins the room and returns (event, payload) => void. */
export function addCandidateDemo(connect) {
  let called = false;
  let caller = false;
  let localStream;
  let peer;
  let candidates = [];
  let emit;

  const rig = handle({
    announces: true,
    async start({ room }) {
      emit = await connect(listeners, room);
      rig.state = 'idle';
    },
    async call() {
      caller = true;
      rig.state = 'calling';
      localStream = await camera();
      emit('callRemote');
    },
    accept: () => emit('acceptCall'),
    hangup: () => close(),
  });

  // Throws while it rings, when there is no peer yet, and always for the callee,
  // whose stream is not kept: then its candidates are still there in the next call.
  function close() {
    peer.close();
    peer = null;
    called = caller = false;
    rig.state = 'idle';
    remote.srcObject = local.srcObject = null;
    for (const track of localStream.getTracks()) track.stop();
    localStream = null;
    candidates = [];
  }

  function build(stream) {
    peer = connection(stream, {
      onCandidate: (candidate) => emit('sendCandidate', { candidate }),
      onTrack: () => { rig.state = 'live'; },
      onIce(state) {
        note('ice', state);
        if (state === 'disconnected' || state === 'failed') close();
      },
    });
  }

  const listeners = {
    callRemote() {
      if (caller) return;
      called = true;
      rig.state = 'ringing';
    },
    async acceptCall() {
      if (!caller) return;
      build(localStream);
      const offer = await peer.createOffer();
      await peer.setLocalDescription(offer);
      emit('sendOffer', { offer });
    },
    async sendOffer(offer) {
      if (!called) return;
      build(await camera());
      await peer.setRemoteDescription(offer);
      const answer = await peer.createAnswer();
      await peer.setLocalDescription(answer);
      emit('sendAnswer', { answer });
    },
    async sendAnswer(answer) {
      if (!caller) return;
      await peer.setRemoteDescription(answer);
      emit('addCandidate');
    },
    sendCandidate: (candidate) => { candidates.push(candidate); },
    async addCandidate() {
      for (const candidate of candidates) await peer.addIceCandidate(candidate);
    },
  };
}
