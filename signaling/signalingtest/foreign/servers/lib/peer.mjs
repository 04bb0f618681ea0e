// The real PeerJS server, of the npm package peer.
import { PeerServer } from 'peer';
import { gone, heard, nextClient, settings } from './rig.mjs';

/**
 * Starts it. options are its own; discovery=1 lets everybody see who is there,
 * expire=MS is how long it keeps what nobody takes. Returns its HTTP server.
 */
export function startPeerServer(options) {
  return new Promise((resolve) => {
    const peers = PeerServer({
      host: '127.0.0.1',
      allow_discovery: settings.discovery === '1',
      expire_timeout: Number(settings.expire ?? 5000),
      cleanup_out_msgs: Number(settings.expire ?? 5000) / 5,
      ...options,
    }, resolve);
    const clients = new WeakMap();
    peers.on('connection', (client) => clients.set(client, nextClient()));
    peers.on('message', (client, message) => heard(clients.get(client), JSON.stringify(message)));
    peers.on('disconnect', (client) => gone(clients.get(client)));
    peers.on('error', () => {}); // what is not JSON is nothing to it
  });
}
