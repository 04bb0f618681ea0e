// The room demo whose server says receiveCall: its page, with the faults it has.
// Nobody checks who said what, candidates are added when they are heard or are
// lost, and hanging up closes nothing.
import { camera, connection, remote } from './media.js';
import { handle, note } from './rig.js';

/** connect(listeners, room) joins the room and returns (event, payload) => void. */
export function receiveCallDemo(connect) {
  let called = false;
  let caller = false;
  let stream;
  let peer;
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
      stream = await camera();
      emit('callRemote');
    },
    accept: () => emit('acceptCall'),
    reject: () => emit('hangUp'),
    hangup: () => emit('hangUp'),
  });

  function build() {
    peer = connection(stream, {
      onCandidate: (candidate) => emit('sendCandidate', { candidate }),
      onTrack: () => { rig.state = 'live'; },
    });
  }

  const listeners = {
    receiveCall() {
      if (caller) return;
      called = true;
      rig.state = 'ringing';
    },
    async acceptCall() {
      if (!caller) return;
      build();
      const offer = await peer.createOffer();
      await peer.setLocalDescription(offer);
      emit('sendOffer', { offer });
    },
    async sendOffer(offer) {
      if (!called) return;
      stream = await camera();
      build();
      await peer.setRemoteDescription(offer);
      const answer = await peer.createAnswer();
      await peer.setLocalDescription(answer);
      emit('sendAnswer', { answer });
    },
    async receiveAnswer(answer) {
      if (caller) await peer.setRemoteDescription(answer);
    },
    async receiveCandidate(candidate) {
      await peer.addIceCandidate(candidate);
    },
    hangUp() {
      note('hung up');
      called = caller = false;
      stream?.getTracks()[0].stop();
      remote.srcObject = null;
      rig.state = 'idle';
    },
  };
}
