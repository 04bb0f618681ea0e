package engine_test

import (
	"fmt"
	"strings"
	"time"

	"parley/call"
	"parley/media"
	"parley/signaling"
)

// end is a peer connection without media: two of them connect when each has
// what the other described.
type end struct {
	of            *parley
	id            signaling.CallID
	offers        bool
	kind          media.Kind
	number        int
	local, remote string
	up, closed    bool
	heard         []string // ICE users of candidates
}

func (p *parley) open(o call.Open) {
	w := p.w
	e := &end{of: p, id: o.ID, offers: o.Offers, kind: o.Kind, number: len(w.ends) + 1}
	w.ends = append(w.ends, e)
	p.ends[o.ID] = e
	kept := p.kept[o.ID]
	delete(p.kept, o.ID)
	if e.offers {
		e.describe(signaling.Offer, 0)
	}
	for _, effect := range kept {
		e.take(effect)
	}
}

func (p *parley) feed(id signaling.CallID, effect call.Effect) {
	if e := p.ends[id]; e != nil {
		e.take(effect)
		return
	}
	p.kept[id] = append(p.kept[id], effect)
}

func (e *end) take(effect call.Effect) {
	switch effect := effect.(type) {
	case call.SetRemote:
		e.setRemote(effect.Description)
	case call.AddCandidate:
		ufrag := ""
		if fields := strings.Fields(effect.Candidate.Candidate); len(fields) > 0 {
			ufrag = fields[len(fields)-1]
		}
		e.heard = append(e.heard, ufrag)
	}
}

func (e *end) setRemote(d signaling.Description) {
	if e.closed {
		return
	}
	e.remote = d.SDP
	if d.Type == signaling.Offer {
		if e.offers {
			e.of.w.t.Errorf("%s is offered what it offers itself", e.of.name)
		}
		if !strings.Contains(d.SDP, "m=video") {
			e.kind = media.Audio
		}
		e.describe(signaling.Answer, d.Round)
	} else if strings.Contains(d.SDP, "m=video 0") {
		e.kind = media.Audio
	}
	e.of.w.later(e.meet)
}

// ufrag is the end's ICE user.
func (e *end) ufrag() string { return fmt.Sprintf("user%d", e.number) }

// describe makes a description, and a candidate after it.
func (e *end) describe(t signaling.DescriptionType, round int) {
	sdp := fmt.Sprintf("v=0\r\no=- %d %d IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=ice-ufrag:%s\r\n", e.number, round, e.ufrag())
	switch {
	case e.kind == media.Video:
		sdp += "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=ice-ufrag:" + e.ufrag() + "\r\n"
	case strings.Contains(e.remote, "m=video"):
		sdp += "m=video 0 UDP/TLS/RTP/SAVPF 96\r\n"
	}
	e.local = sdp
	mid, index := "0", uint16(0)
	text := fmt.Sprintf("candidate:1 1 udp 2130706431 127.0.0.1 %d typ host ufrag %s", 40000+e.number, e.ufrag())
	e.say(call.LocalDescription{ID: e.id, Description: signaling.Description{Type: t, SDP: sdp, Round: round}})
	e.say(call.LocalCandidate{ID: e.id, Candidate: signaling.Candidate{Candidate: text, SDPMid: &mid, SDPMLineIndex: &index}})
	e.say(call.LocalCandidate{ID: e.id})
}

func (e *end) say(ev call.Event) { e.of.w.later(func() { e.of.step(ev) }) }

// meet connects two ends that have each other's descriptions.
func (e *end) meet() {
	for _, other := range e.of.w.ends {
		if other != e && !e.closed && !other.closed && !e.up && e.remote != "" && e.remote == other.local && e.local == other.remote {
			e.up, other.up = true, true
			e.say(call.PeerUp{ID: e.id})
			other.say(call.PeerUp{ID: other.id})
		}
	}
}

// close ends the connection, which the other end notices a moment later.
func (e *end) close() {
	e.closed = true
	e.say(call.PeerClosed{ID: e.id})
	for _, other := range e.of.w.ends {
		if other != e && e.up && other.up && !other.closed && other.remote == e.local {
			e.of.w.after(time.Second, func() { other.say(call.PeerLeft{ID: other.id}) })
		}
	}
}
