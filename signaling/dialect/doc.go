// Package dialect speaks to signaling servers that are not Parley's own, as
// profiles describe them (docs/profiles.md). Package engine decides what to say
// and what was heard; the Client here keeps the connections that it takes:
// WebSockets, Socket.IO and HTTP, one connection for each room.
//
// It may import signaling, signaling/wire, signaling/wire/socketio and the
// packages of signaling/dialect below it.
package dialect
