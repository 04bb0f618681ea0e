// A room that tells who came and who went, and beside it, on a port of its own,
// the real PeerJS server that carries the calls.
import { startPeerServer } from './lib/peer.mjs';
import { settings } from './lib/rig.mjs';
import { serveSocketIO } from './lib/socketio.mjs';

// Ports are told as: the page's, PeerJS', and again the page's, since rooms are there.
const peers = await startPeerServer({ port: Number(settings.port2 ?? 0) });
const libraries = { '/peerjs.js': 'peerjs/dist/peerjs.min.js' };

await serveSocketIO('user-connected', { libraries, others: (http) => [peers, http] }, (socket) => {
  socket.on('peer-port', (answer) => answer(peers.address().port)); // for our page, which cannot know it
  socket.on('join-room', (room, user) => {
    socket.join(room);
    socket.to(room).emit('user-connected', user);
    socket.on('disconnect', () => socket.to(room).emit('user-disconnected', user));
  });
});
