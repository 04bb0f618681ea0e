// Package signaling names everything two ends of a call can say to each other
// before, during and after it, whatever server carries the words, and what a
// server can and cannot do. It holds no input or output: package wire keeps a
// socket alive, hub/client and dialect translate these messages to and from
// the frames of one kind of server.
//
// It may import the standard library and the other roots (call, media) only.
package signaling
