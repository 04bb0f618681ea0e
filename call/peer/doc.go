// Package peer carries the picture and sound of one call over one WebRTC
// connection. It is what session.Opener makes: it offers and answers, sends
// what the feeds deliver, shows and plays what comes, and reports levels and
// statistics. Package conn drives the connection, this package drives the
// media: encoders, packets with capture times, assembly, key frame requests.
//
// Codecs and the playout of sound are injected, so everything here is pure Go.
// It may import the roots (signaling, call, media), its own conn, and pion.
package peer
