// The events of room-socketio-2 in Nest's framing for raw WebSockets: every
// frame is {event, data}. What is no such frame is passed over in silence.
import { serveWebSocket } from './lib/websocket.mjs';

const rooms = new Map(); // room -> what tells each socket in it

const renamed = { callRemote: 'receiveCall', sendAnswer: 'receiveAnswer', sendCandidate: 'receiveCandidate' };
const payload = { sendOffer: 'offer', sendAnswer: 'answer', sendCandidate: 'candidate' };

await serveWebSocket('room-nest', (socket, tell) => {
  tell({ event: 'connectionSuccess' });
  socket.on('close', () => {
    for (const room of rooms.values()) room.delete(tell);
  });
  const handle = (event, data) => {
    if (event === 'joinRoom') {
      if (!rooms.has(data)) rooms.set(data, new Set());
      rooms.get(data).add(tell);
      return;
    }
    if (!['callRemote', 'acceptCall', 'hangUp', ...Object.keys(payload)].includes(event)) return;
    const room = rooms.get(payload[event] ? data.roomId : data) ?? [];
    for (const tellOther of room) tellOther({ event: renamed[event] ?? event, data: data[payload[event]] });
  };
  return (text) => {
    try {
      const { event, data } = JSON.parse(text);
      handle(event, data);
    } catch {
      // Nest drops it, too.
    }
  };
});
