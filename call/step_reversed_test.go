package call_test

import (
	"testing"

	"parley/call"
	"parley/media"
	"parley/signaling"
)

func dialReversed() call.Event {
	return call.Dial{ID: ours, To: ann, Kind: media.Video, OfferFirst: true, Reversed: true, Reachable: true}
}

var (
	callingReversed = []call.Event{dialReversed()}
	ringingReversed = []call.Event{says(signaling.Invite{Kind: media.Video, Reversed: true})}
	callerReversed  = then(callingReversed, says(signaling.Accept{Kind: media.Video}))
	calleeReversed  = then(ringingReversed, call.Accept{Kind: media.Video})
)

// The callee offers: everything about descriptions is the other way round.
func TestStepReversed(t *testing.T) {
	back := []call.Event{call.Link{Server: server}, call.Link{Server: server, Up: true}}
	sound := signaling.Accept{Kind: media.Audio}
	check(t, []row{
		{"dial", nil, dialReversed(), "calling m-ours caller video reversed invited", "send m-ours invite video reversed"},
		{"ring", nil, ringingReversed[0], "ringing m-ours callee video reversed", "send m-ours ringing"},
		{
			"ring with an offer after all", nil, says(signaling.Invite{Kind: media.Video, Reversed: true, Offer: &offer}),
			"ringing m-ours callee video with offer", "send m-ours ringing; setRemote m-ours offer round 0",
		},
		{"accept", ringingReversed, call.Accept{Kind: media.Video}, "connecting m-ours callee video reversed", "send m-ours accept video; open m-ours video offers"},
		{"accept heard", callingReversed, says(sound), "connecting m-ours caller audio reversed", "open m-ours audio"},
		{"offer made", calleeReversed, made(offer), "connecting m-ours callee video reversed", "send m-ours offer round 0"},
		{"offer", callerReversed, says(offer), "connecting m-ours caller video reversed", "setRemote m-ours offer round 0"},
		{"offer without accept", callingReversed, says(offer), "connecting m-ours caller video reversed", "open m-ours video; setRemote m-ours offer round 0"},
		{"accept after the offer", then(callingReversed, says(offer)), says(sound), "connecting m-ours caller audio reversed", "narrow m-ours"},
		{"offer to the callee", calleeReversed, says(offer), "connecting m-ours callee video reversed", ""},
		{"offer to the callee before the accept", ringingReversed, says(offer), "ringing m-ours callee video reversed", ""},
		{"offer while closing", then(callerReversed, call.Hangup{}), says(offer), "closing m-ours caller video reversed localHangup", ""},
		{"answer", calleeReversed, says(answer), "connecting m-ours callee video reversed answered", "setRemote m-ours answer round 0"},
		{"second answer", then(calleeReversed, says(answer)), says(answer), "connecting m-ours callee video reversed answered", ""},
		{"answer before the accept", ringingReversed, says(answer), "ringing m-ours callee video reversed", ""},
		{"answer to the caller", callerReversed, says(answer), "connecting m-ours caller video reversed", ""},
		{"candidate before the accept", ringingReversed, says(signaling.Candidate{}), "ringing m-ours callee video reversed", "addCandidate m-ours"},
		{
			"callee loses the path", then(calleeReversed, call.PeerUp{ID: ours}),
			call.PeerDown{ID: ours},
			"recovering m-ours callee video reversed round 1", "restart m-ours round 1",
		},
		{"caller loses the path", then(callerReversed, call.PeerUp{ID: ours}), call.PeerDown{ID: ours}, "recovering m-ours caller video reversed", ""},
		{"server back for the callee", then(calleeReversed, back[0]), back[1], "connecting m-ours callee video reversed round 1", "restart m-ours round 1"},
		{"server back for the caller", then(callerReversed, back[0]), back[1], "connecting m-ours caller video reversed", ""},
		{
			"collision lost to it", callingOffer, from(ann, larger, signaling.Invite{Kind: media.Video, Reversed: true}), "connecting z-theirs callee video reversed",
			"send m-ours cancel; close m-ours; send z-theirs accept video; open z-theirs video offers",
		},
		{
			"collision lost by it", callingReversed, from(ann, larger, invite(false)), "connecting z-theirs callee video",
			"send m-ours cancel; forget m-ours; send z-theirs accept video; open z-theirs video",
		},
		{"held", closing, from(ben, larger, signaling.Invite{Reversed: true}), "closing m-ours caller video localHangup holding z-theirs", ""},
		{
			"held rings", then(closing, from(ben, larger, signaling.Invite{Reversed: true})),
			call.PeerClosed{ID: ours},
			"ringing z-theirs callee video reversed", "send z-theirs ringing",
		},
	})
}
