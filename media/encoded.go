package media

import "time"

// Channel names one of the streams of a call: whose it is, whether it is sound
// or picture, and whether it is of a screen that is shown beside a camera.
type Channel struct {
	Mine   bool
	Kind   Kind
	Screen bool
}

// Encoded is one encoded picture, or one packet of sound, as it was sent or
// received. It is handed over in a call, and Data is valid during that call only.
type Encoded struct {
	Channel Channel
	Codec   string // MIME type, as in SDP
	Data    []byte // H.264 as a byte stream (Annex B), AV1 as OBUs with sizes
	Key     bool   // can be decoded without those before it; true for sound
	// Width and Height of the picture, pixels; 0 for sound.
	Width, Height int

	// Stamp is the RTP timestamp and Rate its clock's, in Hz.
	Stamp uint32
	Rate  int
	// Arrival is when it came or, of our own, when it was captured, by our clock.
	Arrival time.Time
	// Moment is when it was captured by the sender's wall clock, as its reports tell
	// (RFC 3550 section 6.4.1); zero while they have not. Sound and pictures of one
	// sender share that clock, which need not agree with ours.
	Moment time.Time
}

// Tap takes what a call sends and receives. It must not block, from any goroutine.
type Tap interface{ Take(Encoded) }
