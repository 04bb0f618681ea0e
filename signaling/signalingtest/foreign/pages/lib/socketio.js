// The page's Socket.IO connection: `io` comes from the server's own client script.

/** Connects; listeners maps events to functions. Returns what sends an event. */
export function connectSocketIO(listeners, options = {}) {
  return new Promise((resolve, reject) => {
    const socket = window.io(options);
    for (const [event, listener] of Object.entries(listeners)) socket.on(event, listener);
    socket.once('connect', () => resolve((event, ...args) => socket.emit(event, ...args)));
    socket.once('connect_error', reject);
  });
}
