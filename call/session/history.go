package session

import (
	"time"

	"parley/call"
	"parley/signaling"
)

// recordEnds notes every call that a step ended.
func (s *Session) recordEnds(before call.State, e call.Event, effects []call.Effect) {
	now := time.Now()
	for _, r := range outcomes(before, e, s.state, effects) {
		r.Name = s.nameOf(r.Remote, r.ID)
		r.Started = now
		if r.ID == before.ID {
			r.Started = s.times.began
		}
		if r.Answered {
			r.Duration = now.Sub(s.times.live)
		}
		s.deps.Ledger.Record(r)
		if r.ID == before.ID || before.Phase == call.Idle && r.Role == call.Caller {
			s.ended(r, e, now)
		}
	}
}

// ended tells the user how the call of r ended.
func (s *Session) ended(r call.Record, e call.Event, now time.Time) {
	s.lastEnd = Ending{
		ID: r.ID, Remote: r.Remote, Name: r.Name, Kind: r.Kind, Role: r.Role,
		Reason: r.End, At: now, Text: declineText(e),
	}
	s.tone = toneOf(r.End, now)
}

// outcomes returns the calls that ended when e led from before to after. A call
// that lost a collision is not among them: its conversation goes on under the
// other's id.
func outcomes(before call.State, e call.Event, after call.State, effects []call.Effect) []call.Record {
	var all []call.Record
	if r, ok := endOfCall(before, e, after); ok {
		all = append(all, r)
	}
	held := before.Next
	if held.ID != "" && held != after.Next && after.ID != held.ID {
		all = append(all, missed(held.ID, held.From, held))
	}
	if r, ok := refused(e, effects); ok {
		all = append(all, r)
	}
	return all
}

// endOfCall is the outcome of the call that before was in, or that e tried to make.
func endOfCall(before call.State, e call.Event, after call.State) (call.Record, bool) {
	r := call.Record{ID: before.ID, Remote: before.Remote, Role: before.Role, Kind: before.Kind, Answered: before.Live(), End: after.End}
	switch before.Phase {
	case call.Idle:
		d, ok := e.(call.Dial)
		return call.Record{ID: d.ID, Remote: d.To, Role: call.Caller, Kind: d.Kind, End: after.End},
			ok && after.Phase == call.Idle
	case call.Ringing:
		if after.Phase == call.Ringing && after.ID != before.ID {
			r.End = call.Missed
			return r, true
		}
		return r, after.Phase == call.Idle
	case call.Calling, call.Connecting, call.Active, call.Recovering:
		return r, after.Phase == call.Idle || after.Phase == call.Closing
	case call.Closing:
	}
	return r, false
}

// refused is the call of somebody who heard that we are busy: for our user, a
// missed one.
func refused(e call.Event, effects []call.Effect) (call.Record, bool) {
	received, _ := e.(call.Received)
	invite, ok := received.Envelope.Message.(signaling.Invite)
	if !ok || len(effects) != 1 {
		return call.Record{}, false
	}
	sent, ok := effects[0].(call.Send)
	if !ok || sent.Envelope.Message != (signaling.Busy{}) {
		return call.Record{}, false
	}
	env := received.Envelope
	return missed(env.Call, env.Peer, call.Waiting{Kind: invite.Kind}), true
}

func missed(id signaling.CallID, from signaling.Address, w call.Waiting) call.Record {
	return call.Record{ID: id, Remote: from, Role: call.Callee, Kind: w.Kind, End: call.Missed}
}

// declineText is what the other side said when it declined.
func declineText(e call.Event) string {
	received, _ := e.(call.Received)
	decline, _ := received.Envelope.Message.(signaling.Decline)
	return decline.Text
}
