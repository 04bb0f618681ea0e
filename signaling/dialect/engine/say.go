package engine

import (
	"fmt"
	"slices"

	"parley/signaling"
	"parley/signaling/dialect/profile"
)

// has tells whether the server has a word for a message.
func (e *Engine) has(m profile.Message) bool { return len(e.profile.Send[m].Frames) > 0 }

// say says a message, or nothing where there is no word for it.
func (e *Engine) say(m profile.Message, s scope) error {
	frames := e.profile.Send[m].Frames
	if len(frames) == 0 {
		return nil
	}
	t := ticket{message: m}
	if s.talk != nil {
		t.call = s.talk.id
	}
	if err := e.write(frames, s, t); err != nil {
		return fmt.Errorf("say %s: %w", m, err)
	}
	if e.profile.Flow.Echo {
		e.echoes.said(m, s, e.now)
	}
	return nil
}

// write fills frames and sends them: all, or none if one cannot be filled.
func (e *Engine) write(frames []profile.Frame, s scope, t ticket) error {
	bodies := make([]any, len(frames))
	for i := range frames {
		body, err := frames[i].Body.Expand(e.lookup(s))
		if err != nil {
			return err
		}
		bodies[i] = body
	}
	for i := range frames {
		f := &frames[i]
		w := Write{Via: viaOf(f.Via), Body: bodies[i], Ack: f.Ack}
		t.frame = f
		if f.Ack || f.Then != nil || f.OK != nil || e.profile.Channels[w.Via].Kind == profile.HTTP {
			w.Ticket = e.tickets.issue(t)
			if t.step {
				e.identity.answers++
			}
		}
		e.do(w)
	}
	return nil
}

// speaks tells whether the words of a message hold one of these variables.
func (e *Engine) speaks(m profile.Message, variables ...string) bool {
	for _, f := range e.profile.Send[m].Frames {
		for _, name := range f.Body.Names() {
			if slices.Contains(variables, name) {
				return true
			}
		}
	}
	return false
}

// invite rings, with the offer where that is the order.
func (e *Engine) invite(t *talk, offer *signaling.Description) error {
	s := scope{talk: t, description: offer}
	carries := e.speaks(profile.SayInvite, "sdp", "sdp.text", "sdp.type")
	if err := e.say(profile.SayInvite, s); err != nil {
		return err
	}
	if offer == nil {
		return nil
	}
	t.offered = true
	if carries {
		e.echoes.described(offer.SDP)
		return nil
	}
	return e.sayDescription(t, *offer)
}

// sayDescription says an offer or an answer.
func (e *Engine) sayDescription(t *talk, d signaling.Description) error {
	m := profile.SayAnswer
	switch {
	case d.Type == signaling.Answer && e.acceptsBySDP():
		m = profile.SayAccept
	case d.Type == signaling.Offer && e.has(profile.SayOffer):
		m = profile.SayOffer
	case d.Type == signaling.Offer:
		m = profile.SayInvite // which carries it
	}
	e.echoes.described(d.SDP)
	return e.say(m, scope{talk: t, description: &d})
}
