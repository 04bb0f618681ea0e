package hub

import (
	"time"

	"parley/signaling"
	"parley/signaling/hub/frame"
)

// relay passes a frame of a call on.
func (r *registry) relay(m *member, f frame.Call) {
	peer := r.members[frame.Key(f.To)]
	answer := frame.Error{ID: f.ID, To: f.To}
	switch {
	case m.host != "" && frame.Key(f.To) != m.host:
		answer.Code, answer.Text = frame.Forbidden, "a guest can reach its host only"
		r.send(m, answer)
	case peer == nil || !sees(m, peer):
		answer.Code, answer.Text = frame.UnknownPeer, "nobody of that name is here"
		r.send(m, answer)
	default:
		out := frame.Call{From: m.Name, ID: f.ID, Message: f.Message}
		if _, rings := f.Message.(signaling.Invite); rings {
			out.Display = m.Display
		}
		r.send(peer, out)
	}
}

// makeLink makes an invite link. A guest, who has only its host, has none to give.
func (r *registry) makeLink(m *member, now time.Time) {
	if m.host != "" {
		r.send(m, frame.Error{Code: frame.Forbidden, Text: "a guest cannot invite"})
		return
	}
	url, expires := r.links.make(r.secrets.token(), m.key, now)
	r.send(m, frame.Link{URL: url, Expires: expires})
}
