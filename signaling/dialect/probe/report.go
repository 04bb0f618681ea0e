// Package probe finds out what kind of signaling server is at an address.
package probe

import "parley/signaling/dialect/profile"

// Report is what was found.
type Report struct {
	URL         string // to be added; "" if nothing can be
	Encrypted   bool
	Transport   string          // "ws", "socketio", "hub"
	EIO         int             // of Socket.IO
	Profile     string          // recognised; "" if none was
	Candidates  []string        // names of profiles that it may be; nil: any
	Missing     []profile.Param // that it will want to know
	Heard       string          // shape of the first frame, no contents
	Fingerprint string          // SHA-256 of a certificate that nobody vouches for; "" for none
	Findings    []Finding       // sentences "probe.CODE"
}

// Finding is one thing to be told to the user.
type Finding struct {
	Code string
	Args map[string]string
}
