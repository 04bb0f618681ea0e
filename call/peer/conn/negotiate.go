package conn

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"

	"parley/call"
	"parley/signaling"
)

// Limits of a remote description. A browser's with everything on is 10 KB in
// three media sections.
const (
	maxDescription = 128 << 10
	maxSections    = 8
)

// draft is a description of ours that waits a moment for candidates, because
// some servers deliver candidates badly or not at all.
type draft struct {
	kind  signaling.DescriptionType
	text  func() (string, error)
	timer *time.Timer
}

// Restart makes an offer with new ICE credentials (RFC 8445 section 9) for a round.
func (c *Conn) Restart(round int) {
	c.Do(func() {
		if round <= c.round {
			return
		}
		c.round = round
		c.attempt("restart", func() error { return c.offer(&webrtc.OfferOptions{ICERestart: true}) })
	})
}

// SetRemote applies a description: an offer, which is answered, or, on the side
// that offers, the answer to the offer of the same round. Others are ignored.
func (c *Conn) SetRemote(d signaling.Description) {
	c.Do(func() {
		switch {
		case d.Type == signaling.Offer && !c.offers && d.Round >= c.round:
			c.attempt("answer", func() error { return c.answer(d) })
		case d.Type == signaling.Answer && c.offers && d.Round == c.round:
			c.attempt("apply answer", func() error { return c.answered(d) })
		default:
			c.log.Debug("stale description", "type", d.Type, "round", d.Round)
		}
	})
}

// offer makes an offer. When the last one was never answered, pion cannot take
// a second as its local description, but it does restart ICE, and an answer to
// the second fits the first, which has the same media.
func (c *Conn) offer(o *webrtc.OfferOptions) error {
	again := c.pc.SignalingState() == webrtc.SignalingStateHaveLocalOffer
	offer, err := c.pc.CreateOffer(o)
	if err != nil {
		return fmt.Errorf("conn: creating an offer: %w", err)
	}
	c.draft(signaling.Offer, func() (string, error) {
		if !again {
			return c.local()
		}
		fresh, err := c.pc.CreateOffer(nil)
		return fresh.SDP, err
	})
	if again {
		return nil
	}
	if err := c.pc.SetLocalDescription(offer); err != nil {
		return fmt.Errorf("conn: setting the offer: %w", err)
	}
	return nil
}

func (c *Conn) answer(d signaling.Description) error {
	if d.SDP == c.applied && d.Round == c.round && c.sent.SDP != "" {
		c.post(call.LocalDescription{ID: c.id, Description: c.sent}) // the answer was lost
		return nil
	}
	remote, whole, err := c.apply(d, webrtc.SDPTypeOffer)
	if err != nil {
		return fmt.Errorf("conn: setting the remote offer: %w", err)
	}
	c.round, c.applied = d.Round, d.SDP
	if err := c.media.Offered(remote); err != nil {
		return fmt.Errorf("conn: preparing to answer: %w", err)
	}
	answer, err := c.pc.CreateAnswer(nil)
	if err != nil {
		return fmt.Errorf("conn: creating an answer: %w", err)
	}
	c.draft(signaling.Answer, func() (string, error) {
		text, err := c.local()
		if err != nil {
			return "", err
		}
		return mirror(text, whole)
	})
	if err := c.pc.SetLocalDescription(answer); err != nil {
		return fmt.Errorf("conn: setting the answer: %w", err)
	}
	c.media.Agreed(remote)
	c.addEarly()
	if c.pc.ICEGatheringState() == webrtc.ICEGatheringStateComplete {
		c.send() // a renegotiation that gathers nothing
	}
	return nil
}

func (c *Conn) answered(d signaling.Description) error {
	if c.pc.SignalingState() != webrtc.SignalingStateHaveLocalOffer {
		return nil // answered already; the first answer wins
	}
	remote, _, err := c.apply(d, webrtc.SDPTypeAnswer)
	if err != nil {
		return fmt.Errorf("conn: setting the remote answer: %w", err)
	}
	c.applied = d.SDP
	c.media.Agreed(remote)
	c.addEarly()
	return nil
}

// apply hands a remote description to pion. It returns it as it came, but complete,
// and whole, with the twin.
func (c *Conn) apply(d signaling.Description, as webrtc.SDPType) (remote, whole *sdp.SessionDescription, err error) {
	remote, err = inspect(d.SDP)
	if err != nil {
		return nil, nil, err
	}
	sent := &sdp.SessionDescription{} // what is answered, as it was sent
	var ours *sdp.SessionDescription  // and with the twin
	if as == webrtc.SDPTypeAnswer {
		if ours, err = inspect(c.pc.LocalDescription().SDP); err != nil {
			return nil, nil, err
		}
		copied := *ours
		copied.MediaDescriptions = slices.Clone(ours.MediaDescriptions)
		sent = &copied
		fold(sent, c.twinName())
	}
	changed := complete(remote, sent)
	if whole, err = c.unfold(remote, ours); err != nil {
		return nil, nil, err
	}
	text := d.SDP
	if changed || whole != remote {
		marshaled, err := whole.Marshal()
		if err != nil {
			return nil, nil, fmt.Errorf("conn: completing a description: %w", err)
		}
		text = string(marshaled)
	}
	c.splice.describe(whole)
	return remote, whole, c.pc.SetRemoteDescription(webrtc.SessionDescription{Type: as, SDP: text})
}

// draft keeps a description back until candidates are gathered, or for
// the time that the other side's server wishes.
func (c *Conn) draft(kind signaling.DescriptionType, text func() (string, error)) {
	if c.unsent != nil {
		c.unsent.timer.Stop()
	}
	d := &draft{kind: kind, text: text}
	d.timer = time.AfterFunc(c.habits.Gather, func() {
		c.Do(func() {
			if c.unsent == d {
				c.send()
			}
		})
	})
	c.unsent = d
}

// send posts the description that was kept back.
func (c *Conn) send() {
	d := c.unsent
	if d == nil {
		return
	}
	c.unsent = nil
	d.timer.Stop()
	c.attempt("describe", func() error {
		text, err := d.text()
		if err == nil {
			text, err = ownFormats(text)
		}
		if err == nil {
			text, err = foldText(text, c.twinName())
		}
		if err == nil && c.parity {
			text, err = declareParity(text)
		}
		if err != nil {
			return fmt.Errorf("conn: describing ourselves: %w", err)
		}
		c.sent = signaling.Description{Type: d.kind, SDP: text, Round: c.round}
		c.post(call.LocalDescription{ID: c.id, Description: c.sent})
		return nil
	})
}

func (c *Conn) local() (string, error) {
	d := c.pc.LocalDescription()
	if d == nil {
		return "", errors.New("conn: no local description")
	}
	return d.SDP, nil
}

// inspect refuses remote descriptions that no honest peer sends.
func inspect(text string) (*sdp.SessionDescription, error) {
	if len(text) > maxDescription {
		return nil, fmt.Errorf("conn: a description of %d bytes", len(text))
	}
	d := &sdp.SessionDescription{}
	if err := d.UnmarshalString(text); err != nil {
		return nil, fmt.Errorf("conn: reading a description: %w", err)
	}
	if n := len(d.MediaDescriptions); n == 0 || n > maxSections {
		return nil, fmt.Errorf("conn: a description of %d media sections", n)
	}
	return d, nil
}

// Takes reports whether a remote description wants to receive a kind of media,
// and Gives whether it wants to send it (RFC 8866 section 6.7).
func Takes(d *sdp.SessionDescription, kind webrtc.RTPCodecType) bool {
	return anySection(d, kind, "sendrecv", "recvonly")
}

// Gives is described at Takes.
func Gives(d *sdp.SessionDescription, kind webrtc.RTPCodecType) bool {
	return anySection(d, kind, "sendrecv", "sendonly")
}

func anySection(d *sdp.SessionDescription, kind webrtc.RTPCodecType, directions ...string) bool {
	for _, m := range d.MediaDescriptions {
		if m.MediaName.Media != kind.String() || refused(m) {
			continue
		}
		for _, direction := range directions {
			if direction == directionOf(d, m) {
				return true
			}
		}
	}
	return false
}

// refused reports whether a section is turned down by its port 0, which in an
// offer can also mean that it wants to be bundled (RFC 9143 section 6).
func refused(m *sdp.MediaDescription) bool {
	_, bundled := m.Attribute("bundle-only")
	return m.MediaName.Port.Value == 0 && !bundled
}

// directionOf returns the section's direction, the session's, or the default.
func directionOf(d *sdp.SessionDescription, m *sdp.MediaDescription) string {
	for _, attributes := range [][]sdp.Attribute{m.Attributes, d.Attributes} {
		for _, a := range attributes {
			if isDirection(a.Key) {
				return a.Key
			}
		}
	}
	return "sendrecv"
}

// inactive is the direction of what flows neither way.
const inactive = "inactive"

func isDirection(key string) bool {
	return webrtc.NewRTPTransceiverDirection(key) != webrtc.RTPTransceiverDirectionUnknown
}

// fragmentOf returns the first ICE username fragment of a description.
func fragmentOf(description string) string {
	_, rest, found := strings.Cut(description, "a=ice-ufrag:")
	if !found {
		return ""
	}
	line, _, _ := strings.Cut(rest, "\n")
	return strings.TrimSpace(line)
}
