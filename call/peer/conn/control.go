package conn

import (
	"context"
	"errors"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
)

// RTCPSource is an RTPSender or an RTPReceiver of pion.
type RTCPSource interface {
	Read(b []byte) (int, interceptor.Attributes, error)
}

// ReadRTCP hands over what comes until the source ends: sender and receiver reports,
// requests for retransmission and key frames (PLI, FIR), estimates (REMB), and
// transport-wide feedback as *Feedback. A packet is valid until take returns. It must run
// for every sender and receiver, because interceptors only see what is read.
func ReadRTCP(ctx context.Context, source RTCPSource, take func(rtcp.Packet)) {
	buffer := make([]byte, receiveSize)
	var c control
	look := func(h rtcp.Header, raw []byte) {
		if p := c.blank(h); p != nil && p.Unmarshal(raw) == nil {
			take(p)
		}
	}
	for bad := 0; bad < maxBadReads && ctx.Err() == nil; {
		n, _, err := source.Read(buffer)
		if err != nil && ended(err) {
			return
		}
		if err == nil {
			err = eachRTCP(buffer[:n], look)
		}
		if err != nil {
			bad++
			continue
		}
		bad = 0
	}
}

var errNoRTCP = errors.New("conn: no RTCP")

// eachRTCP hands over the packets of a compound (RFC 3550 section 6.1), of whatever
// kind.
func eachRTCP(compound []byte, take func(h rtcp.Header, raw []byte)) error {
	for len(compound) > 0 {
		var h rtcp.Header
		if err := h.Unmarshal(compound); err != nil {
			return err
		}
		size := 4 * (int(h.Length) + 1)
		if size > len(compound) {
			return errNoRTCP
		}
		take(h, compound[:size])
		compound = compound[size:]
	}
	return nil
}

// control is one packet of each kind that is looked at: they come many times a
// second, and pion would make each anew.
type control struct {
	sender    rtcp.SenderReport
	receiver  rtcp.ReceiverReport
	nack      rtcp.TransportLayerNack
	feedback  Feedback
	picture   rtcp.PictureLossIndication
	intra     rtcp.FullIntraRequest
	estimated rtcp.ReceiverEstimatedMaximumBitrate
}

// blank returns what a packet is read into; nil where nobody looks at such.
func (c *control) blank(h rtcp.Header) rtcp.Packet {
	switch h.Type {
	case rtcp.TypeSenderReport:
		c.sender.Reports = c.sender.Reports[:0]
		return &c.sender
	case rtcp.TypeReceiverReport:
		c.receiver.Reports = c.receiver.Reports[:0]
		return &c.receiver
	case rtcp.TypeTransportSpecificFeedback:
		return c.aboutTransport(h.Count)
	case rtcp.TypePayloadSpecificFeedback:
		return c.aboutPicture(h.Count)
	default:
		return nil
	}
}

func (c *control) aboutTransport(format uint8) rtcp.Packet {
	switch format {
	case rtcp.FormatTLN:
		c.nack.Nacks = c.nack.Nacks[:0]
		return &c.nack
	case rtcp.FormatTCC:
		return &c.feedback
	default:
		return nil
	}
}

func (c *control) aboutPicture(format uint8) rtcp.Packet {
	switch format {
	case rtcp.FormatPLI:
		return &c.picture
	case rtcp.FormatFIR:
		c.intra.FIR = c.intra.FIR[:0]
		return &c.intra
	case rtcp.FormatREMB:
		return &c.estimated
	default:
		return nil
	}
}
