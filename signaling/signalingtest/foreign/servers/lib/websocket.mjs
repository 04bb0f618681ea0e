// A raw WebSocket server, on any path, beside its page.
import { WebSocketServer } from 'ws';
import { gone, heard, listen, nextClient, pageServer } from './rig.mjs';

/**
 * Takes the WebSockets of an HTTP server. connected gets each one and what tells
 * it something, and returns what is done with every text that it says.
 */
export function acceptWebSockets(http, connected) {
  const server = new WebSocketServer({ server: http });
  server.on('connection', (socket, request) => {
    const client = nextClient();
    const take = connected(socket, (value) => socket.send(JSON.stringify(value)), request);
    socket.on('message', (data) => {
      heard(client, data.toString());
      take(data.toString());
    });
    socket.on('error', () => {}); // a client that breaks off closes, too
    socket.on('close', () => gone(client));
  });
}

/** Serves the page NAME, with what is listed in libraries, and its WebSockets on one port. */
export async function serveWebSocket(name, connected, libraries = {}) {
  const http = pageServer(name, libraries);
  acceptWebSockets(http, connected);
  await listen(http);
}
