// Rooms of two. Who is there is told of who comes; messages go to the others; who
// closes the page without leaving is missed by nobody.
import { serveSocketIO } from './lib/socketio.mjs';

await serveSocketIO('join-otherjoin', {}, (socket, io) => {
  socket.on('message', (room, data) => socket.to(room).emit('message', room, data));
  socket.on('join', (room) => {
    socket.join(room);
    const users = io.sockets.adapter.rooms.get(room).size;
    if (users > 2) {
      socket.leave(room);
      socket.emit('full', room, socket.id);
      return;
    }
    socket.emit('joined', room, socket.id);
    if (users > 1) socket.to(room).emit('otherjoin', room, socket.id);
  });
  socket.on('leave', (room) => {
    socket.leave(room);
    socket.to(room).emit('bye', room, socket.id);
    socket.emit('leaved', room, socket.id);
  });
});
