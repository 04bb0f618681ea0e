// Socket.IO with offer, answer and candidate that carry username and target.
// How a socket gets its name differs between such servers: bind=query (username
// in the URL), bind=auth (username in the handshake) or bind=event (an event of
// the name event=NAME, "join" by default, whose argument is the username).
import { settings } from './lib/rig.mjs';
import { serveSocketIO } from './lib/socketio.mjs';

const users = new Map(); // username -> socket
const bind = settings.bind ?? 'event';

await serveSocketIO('username-target', {}, (socket) => {
  const named = (username) => {
    if (username) users.set(username, socket);
  };
  if (bind === 'query') named(socket.handshake.query.username);
  if (bind === 'auth') named(socket.handshake.auth.username);
  if (bind === 'event') socket.on(settings.event ?? 'join', named);
  for (const event of ['offer', 'answer', 'candidate']) {
    socket.on(event, (data) => users.get(data.target)?.emit(event, data));
  }
});
