// A mesh of up to four simple-peer pages. Nobody is told who went.
import { serveSocketIO } from './lib/socketio.mjs';

const users = {}; // room -> socket ids
const rooms = {}; // socket id -> room

await serveSocketIO('simple-peer', { libraries: { '/simple-peer.js': 'simple-peer/simplepeer.min.js' } }, (socket, io) => {
  socket.on('join room', (room) => {
    users[room] ??= [];
    if (users[room].length === 4) {
      socket.emit('room full');
      return;
    }
    users[room].push(socket.id);
    rooms[socket.id] = room;
    socket.emit('all users', users[room].filter((id) => id !== socket.id));
  });
  socket.on('sending signal', ({ userToSignal, callerID, signal }) => {
    io.to(userToSignal).emit('user joined', { signal, callerID });
  });
  socket.on('returning signal', ({ callerID, signal }) => {
    io.to(callerID).emit('receiving returned signal', { signal, id: socket.id });
  });
  socket.on('disconnect', () => {
    const room = rooms[socket.id];
    if (users[room]) users[room] = users[room].filter((id) => id !== socket.id);
  });
});
