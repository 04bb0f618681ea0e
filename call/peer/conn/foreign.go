package conn

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"

	"parley/signaling"
)

// What follows brings the descriptions and candidates of other programs into the
// form that pion needs.

// complete fills in what a description may leave out: the names of sections,
// without which nothing can be bundled (RFC 9143), and their directions (RFC 8866
// section 6.7). ours is the description that is answered, if any. It reports
// whether anything was missing.
func complete(d *sdp.SessionDescription, ours *sdp.SessionDescription) (changed bool) {
	for i, m := range d.MediaDescriptions {
		if _, named := m.Attribute(sdp.AttrKeyMID); !named {
			m.WithValueAttribute(sdp.AttrKeyMID, midFor(i, d, ours))
			changed = true
		}
		if direct(d, m) {
			changed = true
		}
	}
	return changed
}

// midFor names a section as it is named in our offer, or by its place.
func midFor(i int, d, ours *sdp.SessionDescription) string {
	if ours != nil && i < len(ours.MediaDescriptions) {
		if mid, ok := ours.MediaDescriptions[i].Attribute(sdp.AttrKeyMID); ok {
			return mid
		}
	}
	mid := strconv.Itoa(i)
	for _, m := range d.MediaDescriptions {
		if taken, _ := m.Attribute(sdp.AttrKeyMID); taken == mid {
			return "section-" + mid
		}
	}
	return mid
}

// direct gives a section of sound or picture the direction that it has. One that
// is turned down has none, whatever it says.
func direct(d *sdp.SessionDescription, m *sdp.MediaDescription) (changed bool) {
	if webrtc.NewRTPCodecType(m.MediaName.Media) == 0 {
		return false
	}
	want := directionOf(d, m)
	if refused(m) {
		want = inactive
	}
	isSaid := func(a sdp.Attribute) bool { return isDirection(a.Key) }
	if i := slices.IndexFunc(m.Attributes, isSaid); i >= 0 && m.Attributes[i].Key == want {
		return false
	}
	m.Attributes = slices.DeleteFunc(m.Attributes, isSaid)
	m.WithPropertyAttribute(want)
	return true
}

// mirror gives our answer a section for each of the offer's (RFC 3264 section 6):
// pion passes over those that are neither sound, picture nor data.
func mirror(answer string, offer *sdp.SessionDescription) (string, error) {
	ours := &sdp.SessionDescription{}
	if err := ours.UnmarshalString(answer); err != nil {
		return "", fmt.Errorf("conn: reading our answer: %w", err)
	}
	if len(ours.MediaDescriptions) == len(offer.MediaDescriptions) {
		return answer, nil
	}
	left := ours.MediaDescriptions
	ours.MediaDescriptions = nil
	for _, theirs := range offer.MediaDescriptions {
		if len(left) > 0 && sameMid(left[0], theirs) {
			ours.MediaDescriptions = append(ours.MediaDescriptions, left[0])
			left = left[1:]
		} else {
			ours.MediaDescriptions = append(ours.MediaDescriptions, refusal(theirs))
		}
	}
	text, err := ours.Marshal()
	if err != nil {
		return "", fmt.Errorf("conn: writing our answer: %w", err)
	}
	return string(text), nil
}

// refusal is the answer to a section that we have no use for.
func refusal(m *sdp.MediaDescription) *sdp.MediaDescription {
	name := m.MediaName
	name.Port = sdp.RangedPort{}
	mid, _ := m.Attribute(sdp.AttrKeyMID)
	return &sdp.MediaDescription{
		MediaName: name, ConnectionInformation: m.ConnectionInformation,
		Attributes: []sdp.Attribute{{Key: sdp.AttrKeyMID, Value: mid}},
	}
}

func sameMid(a, b *sdp.MediaDescription) bool {
	x, _ := a.Attribute(sdp.AttrKeyMID)
	y, _ := b.Attribute(sdp.AttrKeyMID)
	return x == y
}

// tidy brings a candidate into the form of RTCIceCandidateInit: some send the
// whole line of a description.
func tidy(c signaling.Candidate) signaling.Candidate {
	c.Candidate = strings.TrimPrefix(strings.TrimSpace(c.Candidate), "a=")
	if c.Candidate == "end-of-candidates" {
		c.Candidate = ""
	}
	return c
}

// RefuseExtra refuses what a remote offer has beyond our own tracks, for which
// pion has made transceivers without a sender. One of a kind stays where nothing
// of that kind would come otherwise: the section that takes our track may be
// another than the one by which theirs comes.
func RefuseExtra(pc *webrtc.PeerConnection) error {
	comes := map[webrtc.RTPCodecType]bool{}
	for _, t := range pc.GetTransceivers() {
		if t.Sender() != nil && t.Mid() != "" && t.Direction() == webrtc.RTPTransceiverDirectionSendrecv {
			comes[t.Kind()] = true
		}
	}
	for _, t := range pc.GetTransceivers() {
		switch {
		case t.Sender() != nil:
		case t.Direction() == webrtc.RTPTransceiverDirectionRecvonly && !comes[t.Kind()]:
			comes[t.Kind()] = true
		default:
			if err := t.Stop(); err != nil {
				return fmt.Errorf("conn: refusing %s: %w", t.Kind(), err)
			}
		}
	}
	return nil
}
