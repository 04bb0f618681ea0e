// The raw WebSocket room demo of port 3030. It tells everybody in the room what
// one of them says, and it believes that all are good: what is not JSON, or no
// object, ends it.
import { serveWebSocket } from './lib/websocket.mjs';

const sockets = new Map(); // what tells a socket something, by socket; see room

await serveWebSocket('room-ws', (socket, tell) => {
  sockets.set(socket, tell);
  socket.on('close', () => sockets.delete(socket));
  socket.send('123');
  const toRoom = (message) => {
    for (const [other, tellOther] of sockets) {
      if (other.room === socket.room) tellOther(message);
    }
  };
  return (text) => {
    const { event, roomId, ...rest } = JSON.parse(text);
    if (event === 'joinRoom') socket.room ??= roomId; // whoever never joined is in the room undefined
    else if (['callRemote', 'acceptCall', 'sendOffer', 'sendAnswer', 'sendCandidate', 'addCandidate'].includes(event)) {
      toRoom({ event, ...rest });
    }
  };
});
