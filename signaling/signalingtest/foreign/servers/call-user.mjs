// Socket ids call each other. Whoever goes away ends, for all the others, a call
// that need not be theirs.
import { serveSocketIO } from './lib/socketio.mjs';

await serveSocketIO('call-user', { libraries: { '/simple-peer.js': 'simple-peer/simplepeer.min.js' } }, (socket, io) => {
  socket.emit('me', socket.id);
  socket.on('disconnect', () => socket.broadcast.emit('callEnded'));
  socket.on('callUser', ({ userToCall, signalData, from, name }) => {
    io.to(userToCall).emit('callUser', { signal: signalData, from, name });
  });
  socket.on('answerCall', ({ to, signal }) => io.to(to).emit('callAccepted', signal));
});
