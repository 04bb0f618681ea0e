// The server of vue-av-call, of port 8080: it hands call frames on as they are.
// Ids are keys of a Map, so 1 and "1" are two people. What is not JSON ends it.
import { randomUUID } from 'node:crypto';
import { serveWebSocket } from './lib/websocket.mjs';

const users = new Map(); // id -> what tells that user something

await serveWebSocket('vue-av-call', (socket, tell) => {
  let user;
  // An old connection that ends takes the name along, even if a newer one has it.
  socket.on('close', () => users.delete(user));
  return (text) => {
    const frame = JSON.parse(text);
    if (frame.type === 'bind') {
      user = frame.from.id;
      users.set(user, tell);
      tell({ type: 'bind', action: 'bind', user_id: user, client_id: randomUUID(), message: 'bound' });
    } else if (frame.type === 'audio_call' || frame.type === 'video_call') {
      const other = users.get(frame.to.id);
      if (other) other(frame);
      else tell({ type: frame.type, from: frame.to, to: frame.to, action: 'error', error: 'offline', message: 'not online' });
    }
  };
});
