// The page's raw WebSocket connection, to the server that it came from.

/** Connects; take gets every frame, decoded. Returns what sends one. */
export function connectWebSocket(take, url = location.origin.replace('http', 'ws')) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    socket.onmessage = (e) => take(JSON.parse(e.data));
    socket.onopen = () => resolve((frame) => socket.send(JSON.stringify(frame)));
    socket.onerror = reject;
  });
}
