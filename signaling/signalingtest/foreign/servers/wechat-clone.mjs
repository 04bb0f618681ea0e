// The WeChat clone: what clients say is HTTP, what they hear comes over a
// WebSocket on another port, where anybody can claim to be anybody.
import { createServer } from 'node:http';
import { listen } from './lib/rig.mjs';
import { acceptWebSockets } from './lib/websocket.mjs';
import { answerWith } from './lib/wechat-api.mjs';

const heartbeat = 30_000;

const bound = new Map(); // user id -> what tells each of their sockets something

/** Tells every socket of a person something, or nobody. */
function push(id, frame) {
  for (const tell of bound.get(id) ?? []) tell(frame);
}

const http = createServer(answerWith(push));
const sockets = createServer((_, response) => response.writeHead(426).end());

acceptWebSockets(sockets, (socket, tell) => {
  const beat = setInterval(() => tell({ type: '@heart@' }), heartbeat);
  let user;
  socket.on('close', () => {
    clearInterval(beat);
    bound.get(user)?.delete(tell);
  });
  return (text) => {
    let frame;
    try {
      frame = JSON.parse(text);
    } catch {
      return; // what a client says is not looked at closely
    }
    if (frame?.who !== 'user' || frame.action !== 'login') return;
    bound.get(user)?.delete(tell);
    user = Number(frame.data?.uid);
    if (!bound.has(user)) bound.set(user, new Set());
    bound.get(user).add(tell);
  };
});

await listen(http, sockets);
