package conn_test

import (
	"testing"

	"github.com/pion/webrtc/v4"

	"parley/call"
	"parley/call/peer/conn"
	"parley/signaling"
)

// listener is a Media that hears asides.
type listener struct {
	nothing
	heard chan call.Aside
}

func (l *listener) Heard(a call.Aside) { l.heard <- a }

func openListener(t *testing.T, role call.Role, habits signaling.PeerHabits) (*conn.Conn, chan call.Event, *listener) {
	t.Helper()
	l := &listener{heard: make(chan call.Aside, 10)}
	a := newAPI(t, conn.Options{Habits: func(signaling.Address) signaling.PeerHabits { return habits }})
	c, events := openMedia(a, role, func(c *conn.Conn) conn.Media {
		l.conn = c
		return l
	})
	return c, events, l
}

// join carries what each of two connections says to the other, until done.
func join(t *testing.T, from chan call.Event, to *conn.Conn, closed chan<- struct{}) {
	t.Helper()
	go func() {
		defer close(closed)
		for e := range from {
			switch e := e.(type) {
			case call.LocalDescription:
				to.SetRemote(e.Description)
			case call.LocalCandidate:
				to.AddCandidate(e.Candidate)
			case call.PeerClosed:
				return
			}
		}
	}()
}

func TestAside_BothWays(t *testing.T) {
	for _, habits := range []signaling.PeerHabits{{Asides: true}, {Goodbye: "bye"}} {
		ann, annSays, annHears := openListener(t, call.Caller, habits)
		bob, bobSays, bobHears := openListener(t, call.Callee, habits)
		annClosed, bobClosed := make(chan struct{}), make(chan struct{})
		ann.Tell(call.Aside{Recording: true}) // before there is a path
		join(t, annSays, bob, annClosed)
		join(t, bobSays, ann, bobClosed)
		if a := <-annHears.heard; a.Recording {
			t.Errorf("%+v: the callee told %+v", habits, a)
		}
		if a := <-bobHears.heard; !a.Recording {
			t.Errorf("%+v: the caller told %+v", habits, a)
		}
		bob.Tell(call.Aside{Recording: true})
		if a := <-annHears.heard; !a.Recording {
			t.Errorf("%+v: the callee told %+v", habits, a)
		}
		ann.Tell(call.Aside{})
		if a := <-bobHears.heard; a.Recording {
			t.Errorf("%+v: the caller told %+v", habits, a)
		}
		ann.Close()
		bob.Close()
		<-annClosed
		<-bobClosed
		<-ann.Done()
		<-bob.Done()
	}
}

// A page that takes whatever comes for a chat is told nothing.
func TestAside_NothingToStrangers(t *testing.T) {
	c, events, l := openListener(t, call.Caller, signaling.PeerHabits{Goodbye: "chat"})
	p := newPage(t)
	heard := make(chan string, 10)
	opened := make(chan struct{})
	p.pc.OnDataChannel(func(d *webrtc.DataChannel) {
		d.OnMessage(func(m webrtc.DataChannelMessage) { heard <- string(m.Data) })
		d.OnOpen(func() {
			_ = d.SendText("hello") // no aside
			close(opened)
		})
	})
	offer := until[call.LocalDescription](t, events)
	c.SetRemote(p.answer(offer.Description.SDP))
	<-opened
	c.Tell(call.Aside{Recording: true})
	finish(t, c, events)
	if len(heard) != 0 || len(l.heard) != 0 {
		t.Errorf("the page was told %q, and we %d asides", <-heard, len(l.heard))
	}
}

// A remote that talks without end costs nothing but its own messages.
func TestAside_Flood(t *testing.T) {
	c, events, l := openListener(t, call.Callee, signaling.PeerHabits{})
	p := newPage(t)
	protocol := call.AsideProtocol
	d, err := p.pc.CreateDataChannel("parley", &webrtc.DataChannelInit{Protocol: &protocol})
	p.must(err)
	d.OnOpen(func() {
		for range 200 {
			_ = d.SendText(`{"recording":false}`)
			_ = d.SendText("{")
			_ = d.Send([]byte(`{"recording":true}`)) // not text
		}
		_ = d.SendText(`{"recording":true}`)
	})
	p.transceiver(webrtc.RTPCodecTypeAudio, webrtc.RTPTransceiverDirectionSendrecv)
	c.SetRemote(p.offer())
	p.accept(until[call.LocalDescription](t, events).Description.SDP)
	for a := range l.heard {
		if a.Recording {
			break
		}
	}
	finish(t, c, events)
}
