// The lesson of port 9090: login, offer, answer, candidate, leave, by name. It
// greets with plain text, forgives what is not JSON, tells only of an offer whose
// it is (named=1: of everything), and a leave for somebody unknown ends it.
import { settings } from './lib/rig.mjs';
import { serveWebSocket } from './lib/websocket.mjs';

const users = {};

await serveWebSocket('login-offer', (socket, tell) => {
  const me = { tell };
  socket.send('Hello world');

  const pass = (type, { name, [type]: value }, always) => {
    const other = users[name];
    if (!other) return;
    if (type !== 'candidate') me.other = name;
    other.tell({ type, [type]: value, ...((always || settings.named === '1') && { name: me.name }) });
  };
  const leave = (name) => {
    const other = users[name];
    other.other = null;
    other.tell({ type: 'leave', ...(settings.named === '1' && { name: me.name }) });
  };
  const login = (name) => {
    if (users[name]) return tell({ type: 'login', success: false });
    users[name] = me;
    me.name = name;
    tell({ type: 'login', success: true });
  };

  socket.on('close', () => {
    if (!me.name) return;
    delete users[me.name];
    if (me.other && users[me.other]) leave(me.other);
  });

  return (text) => {
    let frame;
    try {
      frame = JSON.parse(text);
    } catch {
      frame = {};
    }
    switch (frame.type) {
      case 'login': return login(frame.name);
      case 'offer': return pass('offer', frame, true);
      case 'answer': return pass('answer', frame);
      case 'candidate': return pass('candidate', frame);
      case 'leave': return leave(frame.name);
      default: return tell({ type: 'error', message: `Command not found: ${frame.type}` });
    }
  };
});
