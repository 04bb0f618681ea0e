// A Socket.IO server beside its page.
import { Server } from 'socket.io';
import { gone, heard, listen, nextClient, pageServer } from './rig.mjs';

/** Serves the page NAME, with what is listed in libraries, and hands every socket to connected, which registers its listeners. */
export async function serveSocketIO(name, { libraries, others = () => [], ...options }, connected) {
  const http = pageServer(name, libraries);
  // cors is how a browser's page on another port gets in; it needs Socket.IO 3 or newer.
  const io = new Server(http, { cors: { origin: '*' }, ...options });
  io.on('connection', (socket) => {
    const client = nextClient();
    socket.onAny((event, ...args) => heard(client, JSON.stringify({ event, args })));
    socket.on('disconnect', () => gone(client));
    connected(socket, io);
  });
  await listen(http, ...others(http));
}
