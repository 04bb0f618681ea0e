package echo_test

import (
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/call"
	"parley/call/echo"
	"parley/call/peer/peertest"
	"parley/media"
	"parley/signaling"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	me   = signaling.Address{Name: "me"}
	they = signaling.Address{Name: "they"}
)

// server is the link of an Echo: it keeps what Echo says and hands negotiation
// to the ends that call it.
type server struct {
	t    *testing.T
	echo *echo.Echo
	said chan signaling.Envelope
	ends map[signaling.CallID]*peertest.End
}

func newServer(t *testing.T, change ...func(*echo.Config)) *server {
	t.Helper()
	s := &server{t: t, said: make(chan signaling.Envelope, 1000), ends: map[signaling.CallID]*peertest.End{}}
	config := echo.Config{Link: s, Network: peertest.Network(t), Log: peertest.Log(t)}
	for _, c := range change {
		c(&config)
	}
	var err error
	if s.echo, err = echo.New(config); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.echo.Close)
	return s
}

func (s *server) Send(e signaling.Envelope) error {
	switch m := e.Message.(type) {
	case signaling.Description:
		s.ends[e.Call].Peer().SetRemote(m)
	case signaling.Candidate:
		s.ends[e.Call].Peer().AddCandidate(m)
	default:
		s.said <- e
	}
	return nil
}

// tell hands Echo a message.
func (s *server) tell(from signaling.Address, id signaling.CallID, m signaling.Message) {
	s.echo.Handle(signaling.Received{Envelope: signaling.Envelope{Peer: from, Call: id, Message: m}})
}

// expect waits for the next message other than negotiation.
func (s *server) expect(id signaling.CallID, want signaling.Message) {
	s.t.Helper()
	if e := s.next(); e.Call != id || e.Message != want {
		s.t.Fatalf("Echo said %T %+v in call %s, want %T in %s", e.Message, e.Message, e.Call, want, id)
	}
}

// next returns the next message other than negotiation.
func (s *server) next() signaling.Envelope {
	s.t.Helper()
	select {
	case e := <-s.said:
		return e
	case <-time.After(30 * time.Second):
		s.t.Fatal("Echo says nothing")
		return signaling.Envelope{}
	}
}

// until repeats something a few hundred times until it holds.
func (s *server) until(holds func() bool) {
	s.t.Helper()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for range 500 {
		if holds() {
			return
		}
		<-ticker.C
	}
	s.t.Fatal("it never held")
}

// call opens an end that calls Echo, with the offer in the invite or after the
// accept.
func (s *server) call(id signaling.CallID, from signaling.Address, kind media.Kind, offerFirst bool) *peertest.End {
	s.t.Helper()
	e := peertest.NewEnd(s.t)
	s.ends[id] = e
	invited := false
	e.Forward(func(ev call.Event) {
		switch ev := ev.(type) {
		case call.LocalDescription:
			if offerFirst && !invited {
				invited = true
				s.tell(from, id, signaling.Invite{Kind: kind, Offer: &ev.Description})
				return
			}
			s.tell(from, id, ev.Description)
		case call.LocalCandidate:
			s.tell(from, id, ev.Candidate)
		}
	})
	if !offerFirst {
		s.tell(from, id, signaling.Invite{Kind: kind})
		s.expect(id, signaling.Accept{Kind: kind})
	}
	e.Open(id, call.Caller, kind)
	if offerFirst {
		s.expect(id, signaling.Accept{Kind: kind})
	}
	return e
}

func TestEcho_ReturnsPictureAndSound(t *testing.T) {
	for _, c := range []struct {
		name       string
		offerFirst bool
	}{{"offer in the invite", true}, {"offer after the accept", false}} {
		t.Run(c.name, func(t *testing.T) {
			s := newServer(t)
			e := s.call("call", me, media.Video, c.offerFirst)
			stop := e.Run(1234)
			e.Wait("own pictures", func() bool { return len(e.Pictures()) > 50 })
			e.Wait("own sound", func() bool { return len(e.Sounds()) > 20 })
			for _, sound := range e.Sounds() {
				if sound.First != 1234 {
					t.Fatalf("sound came back as %+v", sound)
				}
			}
			stop()
			s.tell(me, "call", signaling.Bye{})
			e.Close()
		})
	}
}
