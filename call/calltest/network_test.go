package calltest

import (
	"slices"
	"testing"

	"parley/call"
	"parley/media"
	"parley/signaling"
)

// pair opens both ends of a call, whose words go to the other as a server
// would carry them. It returns what they report of the path.
func pair(n *Network) (caller, callee *End, reports map[call.Role]*[]string) {
	ends := map[call.Role]*End{}
	reports = map[call.Role]*[]string{call.Caller: {}, call.Callee: {}}
	var later []func()
	open := func(r call.Role, other call.Role) {
		ends[r] = n.Open(call.Open{ID: "1", Offers: r == call.Caller, Kind: media.Video}, func(e call.Event) {
			switch e := e.(type) {
			case call.LocalDescription:
				later = append(later, func() { ends[other].SetRemote(e.Description) })
			case call.LocalCandidate:
				later = append(later, func() { ends[other].AddCandidate(e.Candidate) })
			default:
				*reports[r] = append(*reports[r], call.DescribeEvent(e))
			}
		})
	}
	open(call.Caller, call.Callee)
	open(call.Callee, call.Caller)
	for len(later) > 0 {
		do := later[0]
		later = later[1:]
		do()
	}
	return ends[call.Caller], ends[call.Callee], reports
}

func TestNetwork(t *testing.T) {
	var n Network
	caller, callee, reports := pair(&n)
	if caller.Candidates() != 1 || callee.Candidates() != 1 || !caller.Opening().Offers {
		t.Errorf("candidates: %d and %d", caller.Candidates(), callee.Candidates())
	}
	caller.Narrow()
	if !caller.Narrowed() || callee.Narrowed() {
		t.Error("the wrong end was narrowed")
	}
	n.Break()
	caller.Restart(1)
	callee.SetRemote(signaling.Description{Type: signaling.Offer, Round: 1})
	caller.SetRemote(signaling.Description{Type: signaling.Answer, Round: 1})
	n.Mend()
	caller.Restart(2)
	callee.SetRemote(signaling.Description{Type: signaling.Offer, Round: 2})
	caller.SetRemote(signaling.Description{Type: signaling.Answer, Round: 2})
	callee.Fail()
	callee.Leave()
	caller.Close()
	n.Stick()
	callee.Close()
	want := map[call.Role][]string{
		call.Caller: {"peerUp 1", "peerDown 1", "peerUp 1", "peerLeft 1", "peerClosed 1"},
		call.Callee: {"peerUp 1", "peerDown 1", "peerUp 1", "peerFailed 1"},
	}
	for role, got := range reports {
		if !slices.Equal(*got, want[role]) {
			t.Errorf("the %v says %v, want %v", role, *got, want[role])
		}
	}
	if len(n.Opened()) != 2 || len(n.Ends()) != 1 {
		t.Errorf("%d were opened, %d are left", len(n.Opened()), len(n.Ends()))
	}
}
