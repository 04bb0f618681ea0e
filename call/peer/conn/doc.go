// Package conn drives one PeerConnection of pion/webrtc from one queue: offers,
// answers and their rounds, candidates that come too early or too late, the
// level of the connection, and a close that is bounded in time. It knows
// nothing of pictures and sound: what flows is a Media, given by package peer
// (encoders and decoders) or package echo (a mirror).
//
// pion calls back from many goroutines and may do so out of order. Every
// callback here is a wake-up: it posts to the queue and returns, and the queue
// reads the present state again.
//
// It may import the roots (signaling, call, media) and pion.
package conn
