// An imitation of Ayame: rooms of two, told by type. ping=SECONDS is how often it
// wants to hear from us; ice=URL is what it says of a STUN server.
import { randomUUID } from 'node:crypto';
import { settings } from './lib/rig.mjs';
import { serveWebSocket } from './lib/websocket.mjs';

const rooms = new Map(); // roomId -> members
const period = 1000 * Number(settings.ping ?? 5);
const patience = 12 * period;

const libraries = { '/ayame.mjs': '@open-ayame/ayame-web-sdk/dist/ayame.mjs' };

await serveWebSocket('ayame', (socket, tell) => {
  const me = { socket, tell };
  let room;
  let late;

  const relay = (frame) => {
    for (const other of room ?? []) if (other !== me) other.tell(frame);
  };
  const alive = () => {
    clearTimeout(late);
    late = setTimeout(() => socket.close(), patience);
  };
  const reject = (reason) => {
    tell({ type: 'reject', reason });
    socket.close();
  };
  const register = ({ roomId, clientId }) => {
    if (!roomId || !clientId || room) return reject('INVALID-MESSAGE');
    const members = rooms.get(roomId) ?? [];
    if (members.length === 2) return reject('full');
    const first = members.length === 0;
    members.push(me);
    room = members;
    rooms.set(roomId, room);
    me.roomId = roomId;
    tell({
      type: 'accept', connectionId: randomUUID(), isExistClient: !first, isExistUser: !first,
      ...(settings.ice && { iceServers: [{ urls: [settings.ice] }] }),
    });
    alive();
  };

  const pings = setInterval(() => room && tell({ type: 'ping' }), period);
  socket.on('close', () => {
    clearInterval(pings);
    clearTimeout(late);
    if (!room?.includes(me)) return; // the other went first; there may be a new room
    rooms.delete(me.roomId);
    relay({ type: 'bye' });
    for (const other of room) if (other !== me) other.socket.close();
    room.length = 0;
  });

  return (text) => {
    let frame;
    try {
      frame = JSON.parse(text);
    } catch {
      return socket.close();
    }
    switch (frame?.type) {
      case 'register': return register(frame);
      case 'pong': return room ? alive() : socket.close();
      case 'offer': case 'answer': case 'candidate': return room ? relay(frame) : reject('UNREGISTERED');
      default: return socket.close();
    }
  };
}, libraries);
