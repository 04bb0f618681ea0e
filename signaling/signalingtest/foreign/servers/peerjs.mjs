// The real PeerJS server, with a page of the real PeerJS library where a browser
// asks for one; to others GET / tells what the server is, as it does by itself.
import { startPeerServer } from './lib/peer.mjs';
import { answerStatic, listening, port } from './lib/rig.mjs';

const http = await startPeerServer({ port });
const [peers] = http.listeners('request');
http.removeAllListeners('request');
http.on('request', async (request, response) => {
  const browser = request.url !== '/' || request.headers.accept?.includes('text/html');
  const known = browser && await answerStatic('peerjs', { '/peerjs.js': 'peerjs/dist/peerjs.min.js' }, request, response);
  if (!known) peers(request, response);
});
listening(http.address().port);
