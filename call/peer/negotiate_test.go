package peer_test

import (
	"strings"
	"testing"
	"time"

	"parley/call"
	"parley/call/peer"
	"parley/call/peer/peertest"
	"parley/media"
	"parley/signaling"
)

// hear waits until an end has got sound of somebody else.
func hear(e *peertest.End) {
	before := len(e.Sounds())
	e.Wait("sound", func() bool { return len(e.Sounds()) > before+10 })
}

func see(e *peertest.End) {
	before := len(e.Pictures())
	e.Wait("pictures", func() bool { return len(e.Pictures()) > before+10 })
}

// described returns an end's descriptions.
func described(e *peertest.End) []signaling.Description {
	var d []signaling.Description
	for _, ev := range e.Events() {
		if l, ok := ev.(call.LocalDescription); ok {
			d = append(d, l.Description)
		}
	}
	return d
}

func TestPeer_KindsOfCalls(t *testing.T) {
	for _, c := range []struct {
		name              string
		offered, answered media.Kind
	}{
		{"sound only", media.Audio, media.Audio},
		{"picture offered, sound answered", media.Video, media.Audio},
		{"sound offered, picture wanted", media.Audio, media.Video},
	} {
		t.Run(c.name, func(t *testing.T) {
			caller, callee := pair(t, c.offered, c.answered)
			defer caller.Run(1)()
			defer callee.Run(2)()
			for _, e := range []*peertest.End{caller, callee} {
				hear(e)
				e.Wait("statistics", func() bool { return e.Stats().Outbound.Audio.Packets > 0 })
				if n := len(e.Pictures()); n > 0 {
					t.Errorf("%d pictures in a call of sound only", n)
				}
				if n := e.Stats().Outbound.Video.Packets; n > 0 || e.Keys.Load() > 0 {
					t.Errorf("%d packets of picture sent in a call of sound only", n)
				}
			}
			caller.Close()
			callee.Close()
		})
	}
}

func TestPeer_NarrowBeforeTheAnswer(t *testing.T) {
	caller, callee := peertest.NewEnd(t), peertest.NewEnd(t)
	callee.Open("c1", call.Callee, media.Audio)
	caller.Open("c1", call.Caller, media.Video)
	caller.Wait("an offer", func() bool { return peertest.Said[call.LocalDescription](caller) == 1 })
	caller.Peer().Narrow()
	peertest.Link(caller, callee)
	for _, ev := range caller.Events() {
		peertest.Deliver(ev, callee)
	}
	defer caller.Run(1)()
	defer callee.Run(2)()
	hear(caller)
	hear(callee)
	caller.Peer().Restart(1)
	caller.Wait("a restart", func() bool { return len(described(caller)) == 2 })
	for _, m := range strings.Split(described(caller)[1].SDP, "m=")[1:] {
		if strings.HasPrefix(m, "video") && !strings.Contains(m, "a=inactive") {
			t.Errorf("picture is offered again: %s", m)
		}
	}
	hear(caller)
	hear(callee)
	if len(callee.Pictures()) > 0 || len(caller.Pictures()) > 0 || caller.Keys.Load() > 0 {
		t.Error("pictures after Narrow")
	}
	caller.Close()
	callee.Close()
}

func TestPeer_NarrowStopsThePicture(t *testing.T) {
	caller, callee := pair(t, media.Video, media.Video)
	defer caller.Run(1)()
	defer callee.Run(2)()
	see(caller)
	see(callee)
	caller.Peer().Narrow()
	caller.Wait("the picture to stop", func() bool {
		v := caller.Stats().Outbound.Video
		return v.FramesEncoded > 0 && v.FramesPerSecond == 0
	})
	hear(caller)
	caller.Close()
	callee.Close()
}

// TestPeer_CandidatesInAnyOrder delivers every candidate before the description
// it belongs to, twice, or long after, and descriptions without candidates.
func TestPeer_CandidatesInAnyOrder(t *testing.T) {
	for _, order := range []string{"early", "late", "twice"} {
		t.Run(order, func(t *testing.T) {
			caller, callee := peertest.NewEnd(t, gathersFirst), peertest.NewEnd(t, gathersFirst)
			shuffle(order, caller, callee)
			shuffle(order, callee, caller)
			callee.Open("c1", call.Callee, media.Audio)
			caller.Open("c1", call.Caller, media.Audio)
			defer caller.Run(1)()
			defer callee.Run(2)()
			hear(caller)
			hear(callee)
			caller.Close()
			callee.Close()
		})
	}
}

// gathersFirst has descriptions wait for all candidates, however busy the host is.
func gathersFirst(c *peer.Config) { c.Network.Timeouts.Gather = time.Hour }

// shuffle carries what from says, with the candidates taken out of descriptions.
func shuffle(order string, from, to *peertest.End) {
	from.Forward(func(ev call.Event) {
		l, ok := ev.(call.LocalDescription)
		if !ok {
			return // all candidates are in the description
		}
		bare, candidates := strip(l)
		if order != "late" {
			for _, c := range candidates {
				peertest.Deliver(c, to)
			}
		}
		peertest.Deliver(bare, to)
		if order != "early" {
			for _, c := range candidates {
				peertest.Deliver(c, to)
			}
		}
	})
}

func strip(l call.LocalDescription) (bare call.LocalDescription, candidates []call.Event) {
	lines := []string{}
	for _, line := range strings.SplitAfter(l.Description.SDP, "\r\n") {
		switch {
		case strings.HasPrefix(line, "a=candidate:"):
			mid, index := "0", uint16(0)
			candidates = append(candidates, call.LocalCandidate{ID: l.ID, Candidate: signaling.Candidate{
				Candidate: strings.TrimSpace(strings.TrimPrefix(line, "a=")), SDPMid: &mid, SDPMLineIndex: &index,
			}})
		case strings.HasPrefix(line, "a=end-of-candidates"):
		default:
			lines = append(lines, line)
		}
	}
	l.Description.SDP = strings.Join(lines, "")
	return l, append(candidates, call.LocalCandidate{ID: l.ID})
}

func TestPeer_DescriptionHasCandidatesAndEndFollows(t *testing.T) {
	caller := peertest.NewEnd(t, gathersFirst)
	caller.Open("c1", call.Caller, media.Video)
	caller.Wait("the end of candidates", func() bool { return peertest.Said[call.LocalCandidate](caller) > 0 })
	d := described(caller)
	if len(d) != 1 || d[0].Type != signaling.Offer || d[0].Round != 0 {
		t.Fatalf("descriptions: %+v", d)
	}
	if !strings.Contains(d[0].SDP, "a=candidate:") {
		t.Error("the offer has no candidates")
	}
	events := caller.Events()
	last, ok := events[len(events)-1].(call.LocalCandidate)
	if !ok || last.Candidate.Candidate != "" {
		t.Fatalf("the last event is %+v, want an empty candidate", events[len(events)-1])
	}
	if f := last.Candidate.UsernameFragment; f == nil || !strings.Contains(d[0].SDP, "a=ice-ufrag:"+*f+"\r\n") {
		t.Error("the end of candidates does not name its generation")
	}
	caller.Close()
}

func TestPeer_OfferHoldsWhatBrowsersNeed(t *testing.T) {
	caller := peertest.NewEnd(t)
	caller.Open("c1", call.Caller, media.Video)
	caller.Wait("an offer", func() bool { return len(described(caller)) == 1 })
	offer := described(caller)[0].SDP
	for _, want := range []string{
		"a=rtpmap:111 opus/48000/2", "useinbandfec=1", "usedtx=1", "a=rtpmap:96 VP8/90000",
		"a=rtcp-fb:96 nack\r\n", "a=rtcp-fb:96 nack pli", "a=rtcp-fb:96 ccm fir", "a=rtcp-fb:96 goog-remb",
		"a=rtcp-fb:96 transport-cc", "a=rtcp-fb:111 transport-cc", "a=rtpmap:97 rtx/90000", "a=fmtp:97 apt=96",
		"transport-wide-cc-extensions", "a=ssrc-group:FID", "a=group:BUNDLE 0 1",
	} {
		if !strings.Contains(offer, want) {
			t.Errorf("the offer lacks %q", want)
		}
	}
	if n := strings.Count(offer, "a=sendrecv"); n != 2 {
		t.Errorf("%d sections of both directions, want 2", n)
	}
	caller.Close()
}

func TestPeer_StaleAndRepeatedDescriptions(t *testing.T) {
	caller, callee := pair(t, media.Audio, media.Audio)
	defer caller.Run(1)()
	defer callee.Run(2)()
	hear(caller)
	hear(callee)
	caller.Peer().Restart(1)
	caller.Wait("a second offer", func() bool { return len(described(caller)) == 2 })
	callee.Wait("a second answer", func() bool { return len(described(callee)) == 2 })
	hear(caller)

	callee.Peer().SetRemote(described(caller)[0]) // stale: nothing happens
	caller.Peer().SetRemote(described(callee)[0])
	caller.Peer().SetRemote(described(callee)[1]) // repeated: nothing happens
	callee.Peer().SetRemote(described(caller)[1]) // repeated: answered again
	callee.Wait("the answer again", func() bool { return len(described(callee)) == 3 })
	if d := described(callee); d[2] != d[1] {
		t.Error("a repeated offer got another answer")
	}
	hear(caller)
	hear(callee)
	for _, e := range []*peertest.End{caller, callee} {
		if peertest.Said[call.PeerFailed](e) > 0 {
			t.Error("a stale description failed the peer")
		}
	}
	caller.Close()
	callee.Close()
}

func TestPeer_HostileDescriptions(t *testing.T) {
	good := offerOf(t)
	for _, c := range []struct{ name, sdp string }{
		{"empty", ""},
		{"no SDP", "{}"},
		{"no sections", "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"},
		{"huge", good + strings.Repeat("a=x:"+strings.Repeat("y", 1000)+"\r\n", 200)},
		{"many sections", good + strings.Repeat("m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:9\r\n", 20)},
		{"no fingerprint", without(good, "a=fingerprint")},
		{"no credentials", without(good, "a=ice-")},
		{"no mid", without(good, "a=mid")},
		{"bad candidate", strings.Replace(good, "a=candidate:", "a=candidate:x y z ", 1)},
		{"bad payload type", strings.ReplaceAll(good, " 96", " 4096")},
	} {
		t.Run(c.name, func(t *testing.T) {
			callee := peertest.NewEnd(t)
			callee.Open("c1", call.Callee, media.Video)
			callee.Peer().SetRemote(signaling.Description{Type: signaling.Offer, SDP: c.sdp})
			callee.Wait("an outcome", func() bool {
				return peertest.Said[call.PeerFailed](callee)+peertest.Said[call.LocalDescription](callee) > 0
			})
			callee.Close()
		})
	}
}

func TestPeer_HostileCandidates(t *testing.T) {
	caller, callee := pair(t, media.Audio, media.Audio)
	for _, text := range []string{
		"", "candidate:", "x", "candidate:1 1 udp 1 ::::: 1 typ host", "candidate:1 1 udp 99999999999 1.2.3.4 99999 typ host",
		strings.Repeat("candidate:", 1000), "candidate:1 1 udp 1 127.0.0.1 9 typ host ufrag nobody",
		"candidate:1 1 sctp 1 127.0.0.1 9 typ host", "candidate:1 1 udp 1 nobody.local 9 typ host",
	} {
		for range 50 {
			callee.Peer().AddCandidate(signaling.Candidate{Candidate: text})
			caller.Peer().AddCandidate(signaling.Candidate{Candidate: text})
		}
	}
	defer caller.Run(1)()
	defer callee.Run(2)()
	hear(caller)
	hear(callee)
	caller.Close()
	callee.Close()
}

// offerOf returns a good offer.
func offerOf(t *testing.T) string {
	t.Helper()
	e := peertest.NewEnd(t)
	e.Open("good", call.Caller, media.Video)
	e.Wait("an offer", func() bool { return len(described(e)) == 1 })
	e.Close()
	return described(e)[0].SDP
}

// without drops the lines of a description that begin so.
func without(sdp, prefix string) string {
	kept := []string{}
	for _, line := range strings.SplitAfter(sdp, "\r\n") {
		if !strings.HasPrefix(line, prefix) {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}
