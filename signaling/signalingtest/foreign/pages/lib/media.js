// Camera and video elements of a page.

export const local = document.querySelector('[data-testid="local"]');
export const remote = document.querySelector('[data-testid="remote"]');

/** Asks for microphone and, unless the call is only sound, camera, and shows what comes. */
export async function camera(kind = 'video') {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: kind === 'video' });
  local.srcObject = stream;
  return stream;
}

/** Makes a connection that sends a stream and shows what it receives. */
export function connection(stream, { onCandidate, onTrack, onIce, iceServers = [] }) {
  const peer = new RTCPeerConnection({ iceServers });
  for (const track of stream.getTracks()) peer.addTrack(track, stream);
  peer.onicecandidate = (e) => e.candidate && onCandidate(e.candidate);
  peer.ontrack = (e) => {
    remote.srcObject = e.streams[0];
    onTrack?.();
  };
  if (onIce) peer.oniceconnectionstatechange = () => onIce(peer.iceConnectionState);
  return peer;
}
