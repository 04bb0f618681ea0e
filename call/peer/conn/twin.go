package conn

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

// A second section of pictures, for a screen beside the camera, would surprise
// pages that know of one: they take the newest track for the only one. So it is
// negotiated from the start, that sharing needs no message, but does not stand in
// what is sent. Its twin, the first section of pictures, has one more line, which
// others pass over (RFC 8866 section 5.13), and which says what the two have not
// in common:
//
//	a=x-parley-screen:MID DIRECTION FINGERPRINT [SSRC [SSRC of retransmissions]]
//
// Who knows the line puts the section back before reading the description, and
// answers with such a line. Everybody else's answer has none, which refuses the
// section. The fingerprint is that of the writer's certificate: a server that
// takes part in the media puts its own into descriptions, and would not know what
// to do with the section.
const twinKey = "x-parley-screen"

// twinMID names the section in our offers. It is no number, so that the names of
// the sections that others see are those that they would be without it.
const twinMID = "screen"

// twin is the second section of pictures of a connection.
type twin struct {
	track       *Track
	added       func(*webrtc.RTPSender)
	transceiver *webrtc.RTPTransceiver // nil until there is one
	takes       bool                   // the other side wants what we send on it
}

// Twin offers a second track of pictures to those who know what it is, and takes
// theirs. added is told of what sends it, as soon as there is something that does. It
// must be called in Media.Attach, after the first track of pictures was added.
func (c *Conn) Twin(track *Track, added func(*webrtc.RTPSender)) error {
	c.twin = &twin{track: track, added: added}
	if !c.offers {
		return nil // there is none unless the offer has
	}
	if err := c.addTwin(); err != nil {
		return err
	}
	if err := c.twin.transceiver.SetMid(twinMID); err != nil {
		return fmt.Errorf("conn: naming the second section: %w", err)
	}
	return nil
}

// TwinTakes reports whether the other side takes what is sent on the twin. It may
// be called from the queue only.
func (c *Conn) TwinTakes() bool { return c.twin != nil && c.twin.takes }

// TwinReceives reports whether a receiver is that of the twin. It may be called
// from the queue only.
func (c *Conn) TwinReceives(r *webrtc.RTPReceiver) bool {
	return c.twin != nil && c.twin.transceiver != nil && c.twin.transceiver.Receiver() == r
}

func (c *Conn) addTwin() error {
	t, err := c.pc.AddTransceiverFromTrack(c.twin.track, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendrecv})
	if err != nil {
		return fmt.Errorf("conn: adding a second section: %w", err)
	}
	c.twin.transceiver = t
	c.twin.added(t.Sender())
	return nil
}

// twinName is the name of the section, "" while there is none.
func (c *Conn) twinName() string {
	if c.twin == nil || c.twin.transceiver == nil {
		return ""
	}
	return c.twin.transceiver.Mid()
}

// unfold puts the second section back into a remote description, or one that is
// refused if it has gone. ours is what it answers, nil for an offer. What is
// returned is remote itself where nothing is put back.
func (c *Conn) unfold(remote, ours *sdp.SessionDescription) (*sdp.SessionDescription, error) {
	if c.twin == nil {
		return remote, nil
	}
	line, ok := twinLineOf(remote)
	name := c.twinName()
	if ok && name == "" && ours == nil && c.applied == "" {
		if err := c.addTwin(); err != nil {
			return nil, err
		}
		name = line.mid
	}
	ok = ok && name == line.mid
	c.twin.takes = ok && (line.direction == "sendrecv" || line.direction == "recvonly")
	switch {
	case name == "":
		return remote, nil
	case !ok:
		line = twinLine{mid: name, direction: inactive}
	}
	return line.unfold(remote, ours), nil
}

// twinLine is the line about the second section.
type twinLine struct {
	mid, direction, fingerprint string
	ssrcs                       []string // of pictures, then of retransmissions; nil where nothing is sent
}

// twinLineOf reads the line of a description. ok is false without one that can be
// used.
func twinLineOf(d *sdp.SessionDescription) (line twinLine, ok bool) {
	at := firstPictures(d)
	if at < 0 {
		return line, false
	}
	m := d.MediaDescriptions[at]
	value, _ := m.Attribute(twinKey)
	fields := strings.Fields(value)
	if len(fields) < 3 || len(fields) > 5 {
		return line, false
	}
	line = twinLine{mid: fields[0], direction: fields[1], fingerprint: fields[2], ssrcs: fields[3:]}
	for _, ssrc := range line.ssrcs {
		if n, err := strconv.ParseUint(ssrc, 10, 32); err != nil || n == 0 {
			return line, false
		}
	}
	taken := slices.ContainsFunc(d.MediaDescriptions, func(m *sdp.MediaDescription) bool { return midOf(m) == line.mid })
	usable := isDirection(line.direction) && line.direction != inactive && directionOf(d, m) != inactive
	return line, usable && !taken && fingerprintOf(d, m) == line.fingerprint
}

// String is the value of the line.
func (l twinLine) String() string {
	return strings.Join(append([]string{l.mid, l.direction, l.fingerprint}, l.ssrcs...), " ")
}

// unfold returns a description with the section, in the place that it has in ours.
func (l twinLine) unfold(d, ours *sdp.SessionDescription) *sdp.SessionDescription {
	out := *d
	at := len(d.MediaDescriptions)
	if ours != nil {
		has := func(m *sdp.MediaDescription) bool { return midOf(m) == l.mid }
		if i := slices.IndexFunc(ours.MediaDescriptions, has); i >= 0 {
			at = min(at, i)
		}
	}
	out.MediaDescriptions = slices.Insert(slices.Clone(d.MediaDescriptions), at, l.section(d))
	if l.direction != inactive {
		out.Attributes = bundle(d.Attributes, func(mids []string) []string { return append(mids, l.mid) })
	}
	return &out
}

// section is the section itself: all that is not in the line is as in the first of
// its kind.
func (l twinLine) section(d *sdp.SessionDescription) *sdp.MediaDescription {
	at := firstPictures(d)
	if l.direction == inactive || at < 0 {
		return &sdp.MediaDescription{
			MediaName:  sdp.MediaName{Media: "video", Protos: []string{"UDP", "TLS", "RTP", "SAVPF"}, Formats: []string{"0"}},
			Attributes: []sdp.Attribute{{Key: sdp.AttrKeyMID, Value: l.mid}, {Key: inactive}},
		}
	}
	first := d.MediaDescriptions[at]
	m := &sdp.MediaDescription{MediaName: first.MediaName, ConnectionInformation: first.ConnectionInformation}
	for _, a := range first.Attributes {
		switch a.Key {
		case twinKey, sdp.AttrKeyMID, sdp.AttrKeyMsid, sdp.AttrKeySSRC, sdp.AttrKeySSRCGroup, sdp.AttrKeyCandidate,
			sdp.AttrKeyEndOfCandidates, "rid", "simulcast":
		default:
			if !isDirection(a.Key) {
				m.Attributes = append(m.Attributes, a)
			}
		}
	}
	m.WithValueAttribute(sdp.AttrKeyMID, l.mid).WithPropertyAttribute(l.direction)
	m.WithValueAttribute("content", "slides") // RFC 4796
	m.WithValueAttribute(sdp.AttrKeyMsid, screenStreamID+" "+screenTrackID)
	for _, ssrc := range l.ssrcs {
		m.WithValueAttribute(sdp.AttrKeySSRC, ssrc+" cname:"+screenStreamID)
	}
	if len(l.ssrcs) == 2 {
		m.WithValueAttribute(sdp.AttrKeySSRCGroup, "FID "+strings.Join(l.ssrcs, " "))
	}
	return m
}

// fold takes the section of a name out of our description and says in a line what
// it was, unless it is refused. d is changed.
func fold(d *sdp.SessionDescription, mid string) {
	has := func(m *sdp.MediaDescription) bool { return midOf(m) == mid }
	at := slices.IndexFunc(d.MediaDescriptions, has)
	if mid == "" || at < 0 {
		return
	}
	m := d.MediaDescriptions[at]
	direction := directionOf(d, m)
	d.MediaDescriptions = slices.Delete(d.MediaDescriptions, at, at+1)
	d.Attributes = bundle(d.Attributes, func(mids []string) []string {
		return slices.DeleteFunc(mids, func(s string) bool { return s == mid })
	})
	first := firstPictures(d)
	if refused(m) || direction == inactive || first < 0 {
		return
	}
	line := twinLine{mid: mid, direction: direction, fingerprint: fingerprintOf(d, d.MediaDescriptions[first])}
	if s := sectionOf(m); s.primary != 0 && direction != "recvonly" {
		line.ssrcs = append(line.ssrcs, strconv.FormatUint(uint64(s.primary), 10))
		if s.repair != 0 {
			line.ssrcs = append(line.ssrcs, strconv.FormatUint(uint64(s.repair), 10))
		}
	}
	d.MediaDescriptions[first].WithValueAttribute(twinKey, line.String())
}

// foldText is fold for a description in its text form.
func foldText(text, mid string) (string, error) {
	if mid == "" {
		return text, nil
	}
	d := &sdp.SessionDescription{}
	if err := d.UnmarshalString(text); err != nil {
		return "", fmt.Errorf("conn: reading our description: %w", err)
	}
	fold(d, mid)
	folded, err := d.Marshal()
	if err != nil {
		return "", fmt.Errorf("conn: writing our description: %w", err)
	}
	return string(folded), nil
}

// bundle returns attributes in which the group of bundled sections is changed.
func bundle(attributes []sdp.Attribute, change func([]string) []string) []sdp.Attribute {
	out := slices.Clone(attributes)
	for i, a := range out {
		if mids := strings.Fields(a.Value); a.Key == sdp.AttrKeyGroup && len(mids) > 0 && mids[0] == "BUNDLE" {
			out[i].Value = strings.Join(change(mids), " ")
		}
	}
	return out
}

// firstPictures is the place of the first section of pictures that is not refused,
// -1 for none.
func firstPictures(d *sdp.SessionDescription) int {
	return slices.IndexFunc(d.MediaDescriptions, func(m *sdp.MediaDescription) bool {
		return m.MediaName.Media == webrtc.RTPCodecTypeVideo.String() && !refused(m)
	})
}

// fingerprintOf returns a section's fingerprint without the name of its hash, that
// of the session, or "".
func fingerprintOf(d *sdp.SessionDescription, m *sdp.MediaDescription) string {
	value, ok := m.Attribute("fingerprint")
	if !ok {
		value, _ = d.Attribute("fingerprint")
	}
	_, hash, _ := strings.Cut(value, " ")
	return strings.TrimSpace(hash)
}

func midOf(m *sdp.MediaDescription) string {
	mid, _ := m.Attribute(sdp.AttrKeyMID)
	return mid
}
