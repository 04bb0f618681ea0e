// Package wire keeps WebSockets (RFC 6455) alive. A Conn is one established
// WebSocket of either end: a bounded queue out, deadlines and pings, a clean
// close. A Line is a client's connection that comes back: it dials, reconnects
// with growing, jittered pauses, and hands text to whoever knows the dialect.
//
// It may import signaling, and gorilla/websocket.
package wire
