// Package probe finds out what kind of signaling server is at an address. It
// listens first, and then says what profiles have to recognise a server by. A
// server of raw WebSockets is told nothing but JSON.
//
// It may import signaling/wire, signaling/wire/socketio, signaling/hub/frame,
// signaling/dialect/profile, signaling/dialect/route and
// signaling/dialect/value, and gorilla/websocket.
package probe

import "parley/signaling/dialect/profile"

// Report is what was found.
type Report struct {
	URL         string // to be added; "" if nothing can be
	Encrypted   bool
	Transport   string          // "ws", "socketio", "hub"
	EIO         int             // of Socket.IO: the version of Engine.IO, 3 or 4
	Profile     string          // recognised; "" if none was
	Candidates  []string        // names of profiles that it may be, those that fit first; nil: any
	Missing     []profile.Param // that it will want to know
	Heard       string          // shape of the first frame, no contents
	Fingerprint string          // SHA-256 of a certificate that nobody vouches for; "" for none
	Findings    []Finding       // in the order to be read
}

// Finding is one thing to be told to the user: the sentence "probe.CODE", with
// Args in it. Codes lists the codes.
type Finding struct {
	Code string
	Args map[string]string
}
