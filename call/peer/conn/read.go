package conn

import (
	"context"
	"errors"
	"io"
	"net"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// maxBadReads is how many reads in a row may fail until a stream is given up.
// One malformed packet fails one read; a stream that is closed fails at once
// with an error that ended knows.
const maxBadReads = 1000

// receiveSize is the largest packet that pion hands over.
const receiveSize = 1500

// RTPSource is a TrackRemote of pion.
type RTPSource interface {
	Read(b []byte) (int, interceptor.Attributes, error)
	SetReadDeadline(t time.Time) error
}

// ReadRTP hands over the packets of a track until it ends, and of each whether it
// was sent again in a stream for that (RFC 4588). What is parity there has
// ParityType. A packet is valid until take returns. pause tells how long to wait for one; when that passes,
// idle is called instead.
func ReadRTP(ctx context.Context, track RTPSource, pause func() time.Duration, take func(p *rtp.Packet, again bool), idle func()) {
	buffer := make([]byte, receiveSize)
	packet := &rtp.Packet{}
	for bad := 0; bad < maxBadReads && ctx.Err() == nil; {
		if err := track.SetReadDeadline(time.Now().Add(pause())); err != nil {
			return
		}
		n, attributes, err := track.Read(buffer)
		switch {
		case err == nil && packet.Unmarshal(buffer[:n]) == nil:
			bad = 0
			if attributes.Get(webrtc.AttributeRtxPayloadType) == ParityType {
				packet.PayloadType = ParityType
			}
			take(packet, attributes.Get(webrtc.AttributeRtxSsrc) != nil)
		case timedOut(err):
			idle()
		case err != nil && ended(err):
			return
		case errors.Is(err, webrtc.ErrCodecNotFound):
			// A payload type that was never agreed: there may be hours of them. What it
			// holds is nobody's business, but it is not missing.
			if packet.Unmarshal(buffer[:n]) == nil {
				packet.Payload = nil
				take(packet, false)
			}
		default:
			bad++
		}
	}
}

// ended reports whether a read error means that nothing more will come.
func ended(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrClosedPipe) || errors.Is(err, net.ErrClosed)
}

func timedOut(err error) bool {
	timeout, ok := errors.AsType[net.Error](err)
	return ok && timeout.Timeout()
}
