package engine_test

import (
	"bufio"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/media"
	"parley/signaling"
	"parley/signaling/dialect/engine"
	"parley/signaling/dialect/profile"
	"parley/signaling/dialect/value"
)

// most is what an engine may hold, whatever it heard.
func most() map[string]int {
	return map[string]int{
		"talks": 64, "held": 64 * (2*256 + 8 + 32), "early senders": 8, "early bytes": 8 * 32 << 10,
		"echoes": 64 + 8 + 8 + 256, "ids": 1024, "people": 1024, "tickets": 256, "waiting": 64,
	}
}

// FuzzHeard lets a server say anything, in any state. A script has a frame or an
// order in each line; see stress.line.
func FuzzHeard(f *testing.F) {
	profiles := map[string]*profile.Profile{}
	for name := range dialects() {
		profiles[name] = shipped(f, name)
	}
	known := slices.Sorted(maps.Keys(profiles))
	for i := range known {
		f.Add(uint8(i), "!open main\n123\n{\"event\":\"x\"}\n!invite you\n!tick 60000")
	}
	f.Fuzz(func(t *testing.T, which uint8, script string) {
		s := &stress{t: t, engine: nil, now: time.Unix(1795251600, 0)}
		s.engine = engine.New(engine.Options{
			Profile: profiles[known[int(which)%len(known)]], Server: server, Random: s.random,
			Params: map[string]string{"name": "1", "room": "den", "token": "secret"},
		})
		lines := bufio.NewScanner(strings.NewReader(script))
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			s.line(lines.Text())
			s.check()
		}
	})
}

// stress is an engine that is treated badly.
type stress struct {
	t      *testing.T
	engine *engine.Engine
	now    time.Time
	number int
	ticket int
	call   signaling.Envelope // the last
}

func (s *stress) random() string {
	s.number++
	return "random" + strconv.Itoa(s.number)
}

// line does what a line says: a frame of main, or an order after an exclamation
// mark with what it needs.
func (s *stress) line(line string) {
	order, is := strings.CutPrefix(line, "!")
	if !is {
		if frame, err := value.Decode([]byte(line)); err == nil {
			s.take(s.engine.Heard(profile.Main, frame, s.now))
		}
		return
	}
	verb, rest, _ := strings.Cut(order, " ")
	switch verb {
	case "open":
		s.take(s.engine.Opened(rest, s.now))
	case "closed":
		s.take(s.engine.Closed(s.now))
	case "by":
		via, text, _ := strings.Cut(rest, " ")
		if frame, err := value.Decode([]byte(text)); err == nil {
			s.take(s.engine.Heard(via, frame, s.now))
		}
	case "answer":
		frame, err := value.Decode([]byte(rest))
		s.take(s.engine.Answered(s.ticket, frame, err, s.now))
	case "tick":
		n, _ := strconv.Atoi(rest)
		s.now = s.now.Add(time.Duration(min(max(n, 0), 1<<30)) * time.Millisecond)
		s.take(s.engine.Tick(s.now))
	case "solved":
		n, _ := strconv.Atoi(rest)
		s.take(s.engine.Solved(n, s.now))
	case "leave":
		s.take(s.engine.Leave(s.now))
	case "invite":
		s.call = signaling.Envelope{Peer: signaling.Address{Server: server, Name: rest}, Call: signaling.CallID(s.random())}
		s.say(invite("own"))
	default:
		if m := orders()[verb]; m != nil {
			s.say(m)
		}
	}
}

func orders() map[string]signaling.Message {
	return map[string]signaling.Message{
		"ringing": signaling.Ringing{}, "accept": signaling.Accept{Kind: media.Audio}, "decline": signaling.Decline{Text: "no"},
		"busy": signaling.Busy{}, "cancel": signaling.Cancel{}, "timeout": signaling.Cancel{Timeout: true}, "bye": signaling.Bye{},
		"offer": offer("own"), "answered": answer("own"), "candidate": candidate("own"), "end": signaling.Candidate{},
	}
}

func (s *stress) say(m signaling.Message) {
	acts, err := s.engine.Send(signaling.Envelope{Peer: s.call.Peer, Call: s.call.Call, Message: m}, s.now)
	if err != nil && !errors.Is(err, signaling.ErrOffline) && !errors.Is(err, value.ErrNoValue) && !strings.HasPrefix(err.Error(), "say ") {
		s.t.Error(err)
	}
	s.take(acts)
}

// take looks at what the engine wants to do.
func (s *stress) take(acts []engine.Act) {
	for _, a := range acts {
		switch a := a.(type) {
		case engine.Write:
			s.ticket = max(s.ticket, a.Ticket)
			if _, err := value.Encode(a.Body); err != nil {
				s.t.Errorf("a frame cannot be written: %v", err)
			}
		case engine.Post:
			if e, ok := a.Event.(signaling.Received); ok {
				s.received(e.Envelope)
			}
		case engine.Here:
			for _, m := range a.Members {
				s.named(m.Address.Name, m.Name)
			}
		}
	}
}

func (s *stress) received(e signaling.Envelope) {
	switch m := e.Message.(type) {
	case signaling.Invite:
		s.call = e
		s.named(e.Peer.Name, m.Name)
		if m.Kind == 0 || !strings.HasPrefix(string(e.Call), "~") || m.Offer != nil && (m.Reversed || len(m.Offer.SDP) > 128<<10) {
			s.t.Errorf("an odd invite: %q %v %v", e.Call, m.Kind, m.Reversed)
		}
	case signaling.Description:
		if len(m.SDP) > 128<<10 || m.Type == "" {
			s.t.Errorf("an odd description: %q, %d bytes", m.Type, len(m.SDP))
		}
	case signaling.Candidate:
		if len(m.Candidate) > 4<<10 {
			s.t.Errorf("a candidate of %d bytes", len(m.Candidate))
		}
	}
}

func (s *stress) named(id, name string) {
	if id == "" || len(id) > 256 || len([]rune(name)) > 64 || signaling.Line(name, 64) != name {
		s.t.Errorf("an odd name: %q, %q", id, name)
	}
}

func (s *stress) check() {
	limits := most()
	for what, n := range s.engine.Sizes() {
		if n > limits[what] {
			s.t.Errorf("%d %s", n, what)
		}
	}
	if n, last := s.engine.NotUnderstood(); n < 0 || len([]rune(last)) > 120 {
		s.t.Errorf("%d frames, %q", n, last)
	}
	s.engine.Next()
}

// TestBounds floods an engine with what would otherwise be kept.
func TestBounds(t *testing.T) {
	s := &stress{t: t, now: time.Unix(1795251600, 0)}
	s.engine = engine.New(engine.Options{Profile: phoneWith(t, "ring = \"60s\""), Server: server, Random: s.random, Params: map[string]string{"name": "me"}})
	s.line("!open main")
	for i := range 3000 {
		n := strconv.Itoa(i)
		s.line(`{"do":"ice","from":"` + n + `","ice":"candidate:1"}`)
		s.line(`{"do":"ice","from":"same","ice":"candidate:` + strings.Repeat("1", 1000) + `"}`)
		s.line(js(`{"do":"call","from":"` + n + `","sdp":<offer A>}`))
		if i%100 == 0 {
			s.check()
		}
	}
	s.line("!invite you")
	for range 3000 {
		s.line("!candidate")
	}
	s.check()
}
