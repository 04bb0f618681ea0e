package conn

import (
	"strings"

	"github.com/pion/webrtc/v4"

	"parley/call"
	"parley/signaling"
)

// Limits of remote candidates. A host with many interfaces has about thirty in
// a round.
const (
	maxEarly     = 64
	maxAccepted  = 256
	maxCandidate = 1024 // bytes
)

// AddCandidate takes a remote candidate. Those of a description that is not
// here yet are kept until it comes.
func (c *Conn) AddCandidate(candidate signaling.Candidate) {
	candidate = tidy(candidate)
	c.Do(func() {
		if c.pc == nil || len(candidate.Candidate) > maxCandidate {
			return
		}
		if c.fits(candidate) {
			c.add(candidate)
			return
		}
		if len(c.early) == maxEarly {
			c.early = c.early[1:]
		}
		c.early = append(c.early, candidate)
	})
}

// fits reports whether a candidate belongs to the remote description in force.
func (c *Conn) fits(candidate signaling.Candidate) bool {
	if c.applied == "" || c.pc.RemoteDescription() == nil {
		return false
	}
	fragment := candidateFragment(candidate)
	return fragment == "" || strings.Contains(c.applied, "a=ice-ufrag:"+fragment+"\r") ||
		strings.Contains(c.applied, "a=ice-ufrag:"+fragment+"\n")
}

// candidateFragment returns the username fragment a candidate names, or "".
func candidateFragment(candidate signaling.Candidate) string {
	if f := candidate.UsernameFragment; f != nil && *f != "" {
		return *f
	}
	_, rest, found := strings.Cut(candidate.Candidate, " ufrag ")
	if !found {
		return ""
	}
	fragment, _, _ := strings.Cut(rest, " ")
	return strings.TrimSpace(fragment)
}

func (c *Conn) addEarly() {
	waiting := c.early
	c.early = nil
	for _, candidate := range waiting {
		if c.fits(candidate) {
			c.add(candidate)
		} else {
			c.early = append(c.early, candidate)
		}
	}
}

// add hands a candidate to pion. One that is malformed is dropped: the others
// may be good.
func (c *Conn) add(candidate signaling.Candidate) {
	if c.accepted == maxAccepted {
		return
	}
	c.accepted++
	c.attempt("candidate", func() error {
		err := c.pc.AddICECandidate(webrtc.ICECandidateInit{
			Candidate:        candidate.Candidate,
			SDPMid:           candidate.SDPMid,
			SDPMLineIndex:    candidate.SDPMLineIndex,
			UsernameFragment: candidate.UsernameFragment,
		})
		if err != nil {
			c.log.Debug("remote candidate refused", "err", err)
		}
		return nil
	})
}

// gathered takes a local candidate; nil is the end of them. While our
// description waits they only make it complete; then they are trickled
// (RFC 8838), unless the description has them.
func (c *Conn) gathered(i *webrtc.ICECandidate) {
	if c.pc == nil {
		return
	}
	if i == nil {
		if c.pc.ICEGatheringState() != webrtc.ICEGatheringStateComplete {
			return // of a gathering that a restart replaced
		}
		c.send()
		c.trickle(signaling.Candidate{})
		return
	}
	if c.unsent != nil {
		return
	}
	init := i.ToJSON()
	if strings.Contains(c.sent.SDP, strings.TrimPrefix(init.Candidate, "candidate:")) {
		return
	}
	c.trickle(signaling.Candidate{
		Candidate: init.Candidate, SDPMid: init.SDPMid, SDPMLineIndex: init.SDPMLineIndex,
	})
}

func (c *Conn) trickle(candidate signaling.Candidate) {
	if fragment := fragmentOf(c.sent.SDP); fragment != "" {
		candidate.UsernameFragment = &fragment
	}
	c.post(call.LocalCandidate{ID: c.id, Candidate: candidate})
}
