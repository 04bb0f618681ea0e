// Package socketio speaks Socket.IO over one plain WebSocket, in the two
// versions that are met: Engine.IO 4 (Socket.IO 3 and 4) and Engine.IO 3
// (Socket.IO 2, and newer servers with allowEIO3). It follows the published
// engine.io-protocol (3, 4) and socket.io-protocol (4, 5). It is pure: no I/O,
// no clock, no goroutine. Binary frames are for whoever reads the WebSocket to
// leave out; an event's binary arguments are placeholders.
//
// It may import signaling/dialect/value.
package socketio
