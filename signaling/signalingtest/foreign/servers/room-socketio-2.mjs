// The room demo on port 3001: everything that one says goes to the whole room,
// the one who said it included. There is no acknowledgement and no presence.
import { serveSocketIO } from './lib/socketio.mjs';

await serveSocketIO('room-socketio-2', {}, (socket, io) => {
  socket.emit('connectionSuccess');
  socket.on('joinRoom', (roomId) => socket.join(roomId));
  socket.on('callRemote', (roomId) => io.to(roomId).emit('receiveCall'));
  socket.on('acceptCall', (roomId) => io.to(roomId).emit('acceptCall'));
  socket.on('sendOffer', ({ roomId, offer }) => io.to(roomId).emit('sendOffer', offer));
  socket.on('sendAnswer', ({ roomId, answer }) => io.to(roomId).emit('receiveAnswer', answer));
  socket.on('sendCandidate', ({ roomId, candidate }) => io.to(roomId).emit('receiveCandidate', candidate));
  socket.on('hangUp', (roomId) => io.to(roomId).emit('hangUp'));
});
