package playout

import (
	"time"

	"parley/media"
)

// Delivery is a packet of a recorded trace.
type Delivery struct {
	At        time.Duration // its arrival, after the first step is played
	Sequence  uint16
	Timestamp uint32
	Payload   []byte
}

// Replay plays a trace, whose deliveries are in the order of their arrival, for
// the given length, in virtual time: it takes as long as decoding takes. Each
// step is handed to hear with the moment at which it was played and the buffer,
// whose Stats may be read; step is only valid within the call. The decoder
// writes as many channels as given, and is closed at the end.
func Replay(decoder media.AudioDecoder, channels int, trace []Delivery, length time.Duration,
	hear func(at time.Duration, b *Buffer, step *media.Sound),
) error {
	epoch := time.Unix(0, 0)
	now := epoch
	b := New(decoder, Options{Now: func() time.Time { return now }, Channels: channels})
	for at := time.Duration(0); at < length; at += media.Step {
		for len(trace) > 0 && trace[0].At <= at {
			d := trace[0]
			b.Push(d.Sequence, d.Timestamp, d.Payload, epoch.Add(d.At))
			trace = trace[1:]
		}
		now = epoch.Add(at)
		step := media.Sound{Stereo: channels == 2, Captured: now}
		b.PlayStereo(&step.Samples, &step.Side)
		hear(at, b, &step)
	}
	return b.Close()
}
