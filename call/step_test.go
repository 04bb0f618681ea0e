package call_test

import (
	"slices"
	"strings"
	"testing"

	"parley/call"
	"parley/media"
	"parley/signaling"
)

const (
	ours   = signaling.CallID("m-ours")
	larger = signaling.CallID("z-theirs")
	less   = signaling.CallID("a-theirs")
)

var (
	server = "wss://one.example/ws"
	ann    = signaling.Address{Server: server, Name: "ann"}
	ben    = signaling.Address{Server: server, Name: "ben"}
	far    = signaling.Address{Server: "wss://two.example/ws", Name: "ann"}
	offer  = signaling.Description{Type: signaling.Offer, SDP: "offer"}
	answer = signaling.Description{Type: signaling.Answer, SDP: "answer"}
)

func from(peer signaling.Address, id signaling.CallID, m signaling.Message) call.Event {
	return call.Received{Envelope: signaling.Envelope{Peer: peer, Call: id, Message: m}}
}

func says(m signaling.Message) call.Event { return from(ann, ours, m) }

func dial(offerFirst bool) call.Event {
	return call.Dial{ID: ours, To: ann, Kind: media.Video, Name: "me", OfferFirst: offerFirst, Reachable: true}
}

func invite(offerFirst bool) signaling.Invite {
	m := signaling.Invite{Kind: media.Video, Name: "Ann"}
	if offerFirst {
		m.Offer = &offer
	}
	return m
}

func made(d signaling.Description) call.Event {
	return call.LocalDescription{ID: ours, Description: d}
}

func again(d signaling.Description, round int) signaling.Description {
	d.Round = round
	return d
}

// after steps from a fresh start and returns the state and the last effects.
func after(events ...call.Event) (s call.State, effects []call.Effect) {
	s.Online = true
	for _, e := range events {
		s, effects = call.Step(s, e)
	}
	return s, effects
}

// The ways into each phase, by which the rows below begin.
var (
	calling        = []call.Event{dial(false)}
	opening        = []call.Event{dial(true)}
	callingOffer   = []call.Event{dial(true), made(offer)}
	ringing        = []call.Event{says(invite(false))}
	ringingOffer   = []call.Event{says(invite(true))}
	callerJoined   = []call.Event{dial(false), says(signaling.Accept{Kind: media.Video})}
	calleeJoined   = []call.Event{says(invite(false)), call.Accept{Kind: media.Video}}
	callerActive   = then(callerJoined, call.PeerUp{ID: ours})
	calleeActive   = then(calleeJoined, call.PeerUp{ID: ours})
	callerRecovers = then(callerActive, call.PeerDown{ID: ours})
	calleeRecovers = then(calleeActive, call.PeerDown{ID: ours})
	onceActive     = []call.Event{
		call.Dial{ID: ours, To: ann, Kind: media.Video, Once: true, Reachable: true},
		says(signaling.Accept{Kind: media.Video}),
		call.PeerUp{ID: ours},
	}
	closing         = then(callerActive, call.Hangup{})
	closingWithHeld = then(closing, from(ben, larger, invite(true)))
)

func then(before []call.Event, more ...call.Event) []call.Event {
	return append(slices.Clip(before), more...)
}

type row struct {
	name    string
	before  []call.Event
	event   call.Event
	state   string
	effects string // joined by "; "
}

func (r row) check(t *testing.T) {
	t.Helper()
	before, _ := after(r.before...)
	s, effects := call.Step(before, r.event)
	var words []string
	for _, e := range effects {
		words = append(words, call.DescribeEffect(e))
	}
	if got := call.DescribeState(s); got != r.state {
		t.Errorf("state is %q, want %q", got, r.state)
	}
	if got := strings.Join(words, "; "); got != r.effects {
		t.Errorf("effects are %q, want %q", got, r.effects)
	}
	if (s.Phase != before.Phase || s.ID != before.ID) && s.Seq == before.Seq {
		t.Error("another phase with the same Seq: an old timer could end it")
	}
}

func check(t *testing.T, rows []row) {
	t.Helper()
	for _, r := range rows {
		t.Run(strings.ReplaceAll(r.name, " ", "-"), r.check)
	}
}

func TestStepUser(t *testing.T) {
	check(t, []row{
		{"dial", nil, dial(false), "calling m-ours caller video invited", "send m-ours invite video"},
		{"dial with offer", nil, dial(true), "calling m-ours caller video with offer", "open m-ours video offers"},
		{"dial without server", nil, call.Dial{ID: ours, To: ann}, "idle offline", ""},
		{"dial twice", calling, call.Dial{ID: less, To: ben, Reachable: true}, "calling m-ours caller video invited", ""},
		{"withdraw", calling, call.Hangup{}, "idle withdrawn", "send m-ours cancel; forget m-ours"},
		{"withdraw with offer", callingOffer, call.Hangup{}, "closing m-ours caller video with offer withdrawn", "send m-ours cancel; close m-ours"},
		{"withdraw before the offer", opening, call.Hangup{}, "closing m-ours caller video with offer withdrawn", "close m-ours"},
		{"accept", ringing, call.Accept{Kind: media.Video}, "connecting m-ours callee video", "send m-ours accept video; open m-ours video"},
		{"accept sound only", ringingOffer, call.Accept{Kind: media.Audio}, "connecting m-ours callee audio with offer", "send m-ours accept audio; open m-ours audio"},
		{"accept cannot raise", []call.Event{says(signaling.Invite{Kind: media.Audio})}, call.Accept{Kind: media.Video}, "connecting m-ours callee audio", "send m-ours accept audio; open m-ours audio"},
		{"accept nothing", nil, call.Accept{}, "idle", ""},
		{"reject", ringing, call.Reject{Text: "later"}, "idle rejected", "send m-ours decline; forget m-ours"},
		{"reject nothing", calling, call.Reject{}, "calling m-ours caller video invited", ""},
		{"hang up ringing", ringingOffer, call.Hangup{}, "idle rejected", "send m-ours decline; forget m-ours"},
		{"hang up", calleeActive, call.Hangup{}, "closing m-ours callee video localHangup", "send m-ours bye; close m-ours"},
		{"hang up twice", closing, call.Hangup{}, "closing m-ours caller video localHangup", ""},
		{"hang up nothing", nil, call.Hangup{}, "idle", ""},
	})
}

func TestStepAnswers(t *testing.T) {
	check(t, []row{
		{"alerted", calling, says(signaling.Ringing{}), "calling m-ours caller video invited alerted", ""},
		{"alerted late", callerActive, says(signaling.Ringing{}), "active m-ours caller video", ""},
		{"accepted", calling, says(signaling.Accept{Kind: media.Video}), "connecting m-ours caller video", "open m-ours video offers"},
		{"accepted by a server without kinds", calling, says(signaling.Accept{}), "connecting m-ours caller video", "open m-ours video offers"},
		{"accepted sound only", calling, says(signaling.Accept{Kind: media.Audio}), "connecting m-ours caller audio", "open m-ours audio offers"},
		{"accepted with offer", callingOffer, says(signaling.Accept{Kind: media.Video}), "connecting m-ours caller video with offer", ""},
		{"accepted with offer, sound only", callingOffer, says(signaling.Accept{Kind: media.Audio}), "connecting m-ours caller audio with offer", "narrow m-ours"},
		{"accepted before we invited", opening, says(signaling.Accept{}), "calling m-ours caller video with offer", ""},
		{"accepted twice", callerJoined, says(signaling.Accept{Kind: media.Video}), "connecting m-ours caller video", ""},
		{"accepted while active", callerActive, says(signaling.Accept{Kind: media.Audio}), "active m-ours caller video", ""},
		{"accept said by the caller", calleeJoined, says(signaling.Accept{Kind: media.Audio}), "connecting m-ours callee video", ""},
		{"declined", calling, says(signaling.Decline{Text: "no"}), "idle declined", "forget m-ours"},
		{"declined after the answer", callerJoined, says(signaling.Decline{}), "connecting m-ours caller video", ""},
		{"busy", callingOffer, says(signaling.Busy{}), "closing m-ours caller video with offer busy", "close m-ours"},
		{"goodbye while calling", calling, says(signaling.Bye{}), "idle noAnswer", "forget m-ours"},
		{"unreachable", calling, says(signaling.Unavailable{Code: "unknown-peer"}), "idle unreachable", "forget m-ours"},
		{"caller gone while ringing", ringing, says(signaling.Unavailable{}), "idle missed", "forget m-ours"},
		{"unavailable while active", callerActive, says(signaling.Unavailable{}), "active m-ours caller video", ""},
		{"cancelled", ringing, says(signaling.Cancel{}), "idle missed", "forget m-ours"},
		{"cancelled after the accept", calleeJoined, says(signaling.Cancel{}), "closing m-ours callee video remoteHangup", "close m-ours"},
		{"bye", calleeActive, says(signaling.Bye{}), "closing m-ours callee video remoteHangup", "close m-ours"},
		{"bye twice", closing, says(signaling.Bye{}), "closing m-ours caller video localHangup", ""},
	})
}

func TestStepStrangers(t *testing.T) {
	idle := []call.Event(nil)
	check(t, []row{
		{"accept of an unknown call", idle, says(signaling.Accept{}), "idle", "send m-ours bye"},
		{"ringing of an unknown call", idle, says(signaling.Ringing{}), "idle", "send m-ours bye"},
		{"offer of an unknown call", idle, says(offer), "idle", "send m-ours bye"},
		{"answer of another call", calling, from(ann, larger, answer), "calling m-ours caller video invited", "send z-theirs bye"},
		{"accept of our call by another", callerActive, from(ben, ours, signaling.Accept{}), "active m-ours caller video", "send m-ours bye"},
		{"accept of our call on another server", calling, from(far, ours, signaling.Accept{}), "calling m-ours caller video invited", "send m-ours bye"},
		{"bye of an unknown call", idle, says(signaling.Bye{}), "idle", ""},
		{"bye of our call by another", callerActive, from(ben, ours, signaling.Bye{}), "active m-ours caller video", ""},
		{"cancel of an unknown call", idle, says(signaling.Cancel{}), "idle", ""},
		{"decline of an unknown call", idle, says(signaling.Decline{}), "idle", ""},
		{"busy of an unknown call", idle, says(signaling.Busy{}), "idle", ""},
		{"candidate of an unknown call", idle, says(signaling.Candidate{}), "idle", ""},
		{"unavailable of an unknown call", idle, says(signaling.Unavailable{}), "idle", ""},
	})
}

func TestStepInvites(t *testing.T) {
	held := "closing m-ours caller video localHangup holding z-theirs"
	check(t, []row{
		{"ring", nil, says(invite(false)), "ringing m-ours callee video", "send m-ours ringing"},
		{"ring with offer", nil, says(invite(true)), "ringing m-ours callee video with offer", "send m-ours ringing; setRemote m-ours offer round 0"},
		{"ring without an id", nil, from(ann, "", invite(false)), "idle", "send busy"},
		{"busy calling", calling, from(ben, larger, invite(true)), "calling m-ours caller video invited", "send z-theirs busy"},
		{"busy ringing", ringing, from(ben, larger, invite(true)), "ringing m-ours callee video", "send z-theirs busy"},
		{"busy active", callerActive, from(ben, larger, invite(true)), "active m-ours caller video", "send z-theirs busy"},
		{"same name on another server", callerActive, from(far, larger, invite(true)), "active m-ours caller video", "send z-theirs busy"},
		{"our id from another", ringing, from(ben, ours, invite(true)), "ringing m-ours callee video", "send m-ours busy"},
		{"repeated", ringing, says(invite(true)), "ringing m-ours callee video", ""},
		{"rung again", ringing, from(ann, larger, invite(true)), "ringing z-theirs callee video with offer", "forget m-ours; send z-theirs ringing; setRemote z-theirs offer round 0"},
		{"collision won", calling, from(ann, less, invite(false)), "calling m-ours caller video invited", ""},
		{"collision lost", calling, from(ann, larger, invite(false)), "connecting z-theirs callee video", "send m-ours cancel; forget m-ours; send z-theirs accept video; open z-theirs video"},
		{
			"collision lost with offers", callingOffer, from(ann, larger, invite(true)), "connecting z-theirs callee video with offer",
			"send m-ours cancel; close m-ours; setRemote z-theirs offer round 0; send z-theirs accept video; open z-theirs video",
		},
		{
			"collision lost before our offer", opening, from(ann, larger, invite(true)), "connecting z-theirs callee video with offer",
			"close m-ours; setRemote z-theirs offer round 0; send z-theirs accept video; open z-theirs video",
		},
		{
			"collision lost to a call of sound", callingOffer, from(ann, larger, signaling.Invite{Kind: media.Audio}), "connecting z-theirs callee audio",
			"send m-ours cancel; close m-ours; send z-theirs accept audio; open z-theirs audio",
		},
		{"calling oneself", calling, says(invite(false)), "idle collision", "send m-ours cancel; forget m-ours"},
		{"repeated in the call", calleeActive, says(invite(false)), "active m-ours callee video", ""},
		{
			"restarted", calleeActive, from(ann, larger, invite(true)), "closing m-ours callee video remoteHangup holding z-theirs",
			"close m-ours; setRemote z-theirs offer round 0",
		},
		{"held", closing, from(ben, larger, invite(true)), held, "setRemote z-theirs offer round 0"},
		{"held without offer", closing, from(ben, larger, invite(false)), held, ""},
		{"second held", closingWithHeld, from(ann, less, invite(true)), held, "send a-theirs busy"},
		{"held anew", closingWithHeld, from(ben, less, invite(true)), "closing m-ours caller video localHangup holding a-theirs", "forget z-theirs; setRemote a-theirs offer round 0"},
		{"held repeated", closingWithHeld, from(ben, larger, invite(true)), held, ""},
		{"id of the held from another", closingWithHeld, from(ann, larger, invite(true)), held, "send z-theirs busy"},
		{"candidate of the held", closingWithHeld, from(ben, larger, signaling.Candidate{}), held, "addCandidate z-theirs"},
		{"held gives up", closingWithHeld, from(ben, larger, signaling.Cancel{}), "closing m-ours caller video localHangup", "forget z-theirs"},
		{"held says bye", closingWithHeld, from(ben, larger, signaling.Bye{}), "closing m-ours caller video localHangup", "forget z-theirs"},
		{"held says nonsense", closingWithHeld, from(ben, larger, signaling.Accept{}), held, ""},
		{"held rings", closingWithHeld, call.PeerClosed{ID: ours}, "ringing z-theirs callee video with offer", "send z-theirs ringing"},
		{"closed", closing, call.PeerClosed{ID: ours}, "idle localHangup", ""},
		{"another peer closed", closing, call.PeerClosed{ID: less}, "closing m-ours caller video localHangup", ""},
		{"peer closed out of turn", callerActive, call.PeerClosed{ID: ours}, "active m-ours caller video", ""},
	})
}

func TestStepNegotiation(t *testing.T) {
	c := signaling.Candidate{Candidate: "candidate:1"}
	check(t, []row{
		{"invite with the offer", opening, made(offer), "calling m-ours caller video with offer invited", "send m-ours invite video with offer"},
		{"second offer", callingOffer, made(offer), "calling m-ours caller video with offer invited", ""},
		{"description of another peer", callerActive, call.LocalDescription{ID: less, Description: offer}, "active m-ours caller video", ""},
		{"description while closing", closing, made(offer), "closing m-ours caller video localHangup", ""},
		{"offer made", callerJoined, made(offer), "connecting m-ours caller video", "send m-ours offer round 0"},
		{"offer of an old round", callerRecovers, made(offer), "recovering m-ours caller video round 1", ""},
		{"candidate made while calling", callingOffer, call.LocalCandidate{ID: ours, Candidate: c}, "calling m-ours caller video with offer invited", "send m-ours candidate"},
		{"candidate made", calleeActive, call.LocalCandidate{ID: ours, Candidate: c}, "active m-ours callee video", "send m-ours candidate"},
		{"candidate made too late", closing, call.LocalCandidate{ID: ours, Candidate: c}, "closing m-ours caller video localHangup", ""},
		{"candidate of another peer", calleeActive, call.LocalCandidate{ID: less, Candidate: c}, "active m-ours callee video", ""},
		{"offer", calleeJoined, says(offer), "connecting m-ours callee video", "setRemote m-ours offer round 0"},
		{"offer before the accept", ringing, says(offer), "ringing m-ours callee video", "setRemote m-ours offer round 0"},
		{"offer of the next round", calleeActive, says(again(offer, 1)), "active m-ours callee video round 1", "setRemote m-ours offer round 1"},
		{"offer of the last round", then(calleeActive, says(again(offer, 2))), says(again(offer, 1)), "active m-ours callee video round 2", ""},
		{"offer to the caller", callerActive, says(again(offer, 1)), "active m-ours caller video", ""},
		{"offer while closing", then(calleeActive, call.Hangup{}), says(offer), "closing m-ours callee video localHangup", ""},
		{"answer", callerJoined, says(answer), "connecting m-ours caller video answered", "setRemote m-ours answer round 0"},
		{"second answer", then(callerJoined, says(answer)), says(answer), "connecting m-ours caller video answered", ""},
		{"answer of the last round", callerRecovers, says(answer), "recovering m-ours caller video round 1", ""},
		{"answer to the callee", calleeJoined, says(answer), "connecting m-ours callee video", ""},
		{"answer without accept", callingOffer, says(answer), "connecting m-ours caller video with offer answered", "setRemote m-ours answer round 0"},
		{"answer without offer", calling, says(answer), "calling m-ours caller video invited", ""},
		{"answer while closing", closing, says(answer), "closing m-ours caller video localHangup", ""},
		{"accept after the answer", then(callingOffer, says(answer)), says(signaling.Accept{Kind: media.Audio}), "connecting m-ours caller audio with offer answered", "narrow m-ours"},
		{"description of no type", calleeJoined, says(signaling.Description{Type: "pranswer"}), "connecting m-ours callee video", ""},
		{"early candidate", ringingOffer, says(c), "ringing m-ours callee video with offer", "addCandidate m-ours"},
		{"candidate", callerActive, says(c), "active m-ours caller video", "addCandidate m-ours"},
		{"late candidate", closing, says(c), "closing m-ours caller video localHangup", ""},
	})
}

func TestStepPath(t *testing.T) {
	gone, back := call.Link{Server: server}, call.Link{Server: server, Up: true}
	check(t, []row{
		{"up", callerJoined, call.PeerUp{ID: ours}, "active m-ours caller video", ""},
		{"up again", callerActive, call.PeerUp{ID: ours}, "active m-ours caller video", ""},
		{"offer to nobody", callerRecovers, says(signaling.Unavailable{}), "recovering m-ours caller video round 1 unheard", ""},
		{"offer to nobody, back again", then(callerRecovers, says(signaling.Unavailable{})), call.Returned{Who: ann}, "recovering m-ours caller video round 2", "restart m-ours round 2"},
		{"somebody else is back", then(callerRecovers, says(signaling.Unavailable{})), call.Returned{Who: far}, "recovering m-ours caller video round 1 unheard", ""},
		{"back, and nothing was lost", callerRecovers, call.Returned{Who: ann}, "recovering m-ours caller video round 1", ""},
		{"back in a call", callerActive, call.Returned{Who: ann}, "active m-ours caller video", ""},
		{"nobody was told by the callee", then(calleeRecovers, says(signaling.Unavailable{})), call.Returned{Who: ann}, "recovering m-ours callee video", ""},
		{"path back after an offer to nobody", then(callerRecovers, says(signaling.Unavailable{})), call.PeerUp{ID: ours}, "active m-ours caller video round 1", ""},
		{"up of another peer", callerJoined, call.PeerUp{ID: less}, "connecting m-ours caller video", ""},
		{"caller loses the path", callerActive, call.PeerDown{ID: ours}, "recovering m-ours caller video round 1", "restart m-ours round 1"},
		{"callee loses the path", calleeActive, call.PeerDown{ID: ours}, "recovering m-ours callee video", ""},
		{"down of another peer", callerActive, call.PeerDown{ID: less}, "active m-ours caller video", ""},
		{"path mended", calleeRecovers, call.PeerUp{ID: ours}, "active m-ours callee video", ""},
		{"failed while connecting", callerJoined, call.PeerFailed{ID: ours}, "closing m-ours caller video setupFailed", "send m-ours bye; close m-ours"},
		{"failed while calling", callingOffer, call.PeerFailed{ID: ours}, "closing m-ours caller video with offer setupFailed", "send m-ours cancel; close m-ours"},
		{"failed before the invite", opening, call.PeerFailed{ID: ours}, "closing m-ours caller video with offer setupFailed", "close m-ours"},
		{"failed while active", callerActive, call.PeerFailed{ID: ours}, "recovering m-ours caller video round 1", "restart m-ours round 1"},
		{"failed while recovering", callerRecovers, call.PeerFailed{ID: ours}, "recovering m-ours caller video round 1", ""},
		{"left while connecting", calleeJoined, call.PeerLeft{ID: ours}, "closing m-ours callee video remoteHangup", "send m-ours bye; close m-ours"},
		{"left while active", callerActive, call.PeerLeft{ID: ours}, "closing m-ours caller video remoteHangup", "send m-ours bye; close m-ours"},
		{"left while recovering", calleeRecovers, call.PeerLeft{ID: ours}, "closing m-ours callee video remoteHangup", "send m-ours bye; close m-ours"},
		{"left while calling", callingOffer, call.PeerLeft{ID: ours}, "closing m-ours caller video with offer noAnswer", "send m-ours cancel; close m-ours"},
		{"left before the invite", opening, call.PeerLeft{ID: ours}, "closing m-ours caller video with offer noAnswer", "close m-ours"},
		{"left while ringing", ringing, call.PeerLeft{ID: ours}, "ringing m-ours callee video", ""},
		{"left while closing", closing, call.PeerLeft{ID: ours}, "closing m-ours caller video localHangup", ""},
		{"left while idle", nil, call.PeerLeft{ID: ours}, "idle", ""},
		{"left by another peer", callerActive, call.PeerLeft{ID: less}, "active m-ours caller video", ""},
		{"failed of another peer", callerActive, call.PeerFailed{ID: less}, "active m-ours caller video", ""},
		{"path lost for good", onceActive, call.PeerDown{ID: ours}, "recovering m-ours caller video once", ""},
		{"path back for good", then(onceActive, call.PeerDown{ID: ours}), call.PeerUp{ID: ours}, "active m-ours caller video once", ""},
		{"failed for good", onceActive, call.PeerFailed{ID: ours}, "closing m-ours caller video once lost", "send m-ours bye; close m-ours"},
		{"failed for good, recovering", then(onceActive, call.PeerDown{ID: ours}), call.PeerFailed{ID: ours}, "closing m-ours caller video once lost", "send m-ours bye; close m-ours"},
		{"server back in vain", then(onceActive, call.PeerDown{ID: ours}, gone), back, "recovering m-ours caller video once", ""},
		{"rung once", nil, call.Received{Envelope: signaling.Envelope{Peer: ann, Call: ours, Message: invite(false)}, Once: true}, "ringing m-ours callee video once", "send m-ours ringing"},
		{"server lost while calling", calling, gone, "idle offline", "forget m-ours"},
		{"server lost while calling with offer", callingOffer, gone, "closing m-ours caller video with offer offline offline", "close m-ours"},
		{"server lost while ringing", ringing, gone, "idle missed", "forget m-ours"},
		{"server lost while active", callerActive, gone, "active m-ours caller video offline", ""},
		{"another server lost", calling, call.Link{Server: far.Server}, "calling m-ours caller video invited", ""},
		{"server lost while idle", nil, gone, "idle", ""},
		{"server back while connecting", then(callerJoined, gone), back, "connecting m-ours caller video round 1", "restart m-ours round 1"},
		{"server back while recovering", then(callerRecovers, gone), back, "recovering m-ours caller video round 2", "restart m-ours round 2"},
		{"server back for the callee", then(calleeRecovers, gone), back, "recovering m-ours callee video", ""},
		{"server still there", callerRecovers, back, "recovering m-ours caller video round 1", ""},
		{"server back while active", then(callerActive, gone), back, "active m-ours caller video", ""},
		{"server of the held lost", then(closing, from(far, larger, invite(true))), call.Link{Server: far.Server}, "closing m-ours caller video localHangup", "forget z-theirs"},
		{"server of both lost", closingWithHeld, gone, "closing m-ours caller video offline localHangup", "forget z-theirs"},
	})
}

func TestStepTimeouts(t *testing.T) {
	for _, c := range []struct {
		row
		stale bool
	}{
		{row: row{"calling", calling, nil, "idle noAnswer", "send m-ours cancel timeout; forget m-ours"}},
		{row: row{"calling with offer", callingOffer, nil, "closing m-ours caller video with offer noAnswer", "send m-ours cancel timeout; close m-ours"}},
		{row: row{"ringing", ringing, nil, "idle missed", "send m-ours bye; forget m-ours"}},
		{row: row{"connecting", callerJoined, nil, "closing m-ours caller video setupFailed", "send m-ours bye; close m-ours"}},
		{row: row{"recovering", calleeRecovers, nil, "closing m-ours callee video lost", "send m-ours bye; close m-ours"}},
		{row: row{"active", callerActive, nil, "active m-ours caller video", ""}},
		{row: row{"closing", closing, nil, "closing m-ours caller video localHangup", ""}},
		{row: row{"idle", nil, nil, "idle", ""}},
		{row: row{"stale", calleeRecovers, nil, "recovering m-ours callee video", ""}, stale: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, _ := after(c.before...)
			c.event = call.Timeout{Seq: s.Seq}
			if c.stale {
				c.event = call.Timeout{Seq: s.Seq - 1}
			}
			c.check(t)
		})
	}
}

func TestInviteCarriesName(t *testing.T) {
	for _, offerFirst := range []bool{false, true} {
		_, effects := after(dial(offerFirst))
		if offerFirst {
			_, effects = after(dial(true), made(offer))
		}
		sent, ok := effects[0].(call.Send)
		if !ok {
			t.Fatalf("effect is %T, want Send", effects[0])
		}
		if m, ok := sent.Envelope.Message.(signaling.Invite); !ok || m.Name != "me" || sent.Envelope.Peer != ann {
			t.Errorf("sent %+v, want an invite to ann that tells our name", sent.Envelope)
		}
	}
}

func TestDeclineCarriesText(t *testing.T) {
	_, effects := after(says(invite(false)), call.Reject{Text: "in a meeting"})
	sent := effects[0].(call.Send).Envelope.Message
	if sent != (signaling.Decline{Text: "in a meeting"}) {
		t.Errorf("sent %#v", sent)
	}
}
