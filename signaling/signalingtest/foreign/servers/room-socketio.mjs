// The Socket.IO room demo of port 3000. Everything goes to the whole room, the
// one who said it included; descriptions and candidates arrive bare.
import { serveSocketIO } from './lib/socketio.mjs';

await serveSocketIO('room-socketio', {}, (socket, io) => {
  socket.emit('connectionSuccess');
  socket.on('joinRoom', (roomId) => socket.join(roomId));
  for (const event of ['callRemote', 'acceptCall', 'addCandidate']) {
    socket.on(event, (roomId) => io.to(roomId).emit(event));
  }
  socket.on('sendOffer', ({ offer, roomId }) => io.to(roomId).emit('sendOffer', offer));
  socket.on('sendAnswer', ({ answer, roomId }) => io.to(roomId).emit('sendAnswer', answer));
  socket.on('sendCandidate', ({ candidate, roomId }) => io.to(roomId).emit('sendCandidate', candidate));
});
