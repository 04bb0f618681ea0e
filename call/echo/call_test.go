package echo_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"parley/call"
	"parley/call/echo"
	"parley/call/peer/peertest"
	"parley/media"
	"parley/signaling"
)

func TestEcho_SoundOnly(t *testing.T) {
	s := newServer(t)
	e := s.call("call", me, media.Audio, true)
	defer e.Run(7)()
	e.Wait("own sound", func() bool { return len(e.Sounds()) > 20 })
	if len(e.Pictures()) > 0 {
		t.Error("pictures in a call of sound only")
	}
	e.Close()
}

func TestEcho_PassesKeyFrameRequestsOn(t *testing.T) {
	s := newServer(t)
	e := s.call("call", me, media.Video, true)
	defer e.Run(7)()
	e.Wait("own pictures", func() bool { return len(e.Pictures()) > 10 })
	keys := e.Keys.Load()
	e.BreakDecoder()
	e.Wait("a key frame", func() bool { return e.Keys.Load() > keys })
	shown := len(e.Pictures())
	e.Wait("pictures again", func() bool { return len(e.Pictures()) > shown+10 })
	e.Wait("statistics", func() bool { return e.Stats().Outbound.Video.PLICount > 0 })
	e.Close()
}

func TestEcho_RestartsICE(t *testing.T) {
	s := newServer(t)
	e := s.call("call", me, media.Audio, true)
	defer e.Run(7)()
	e.Wait("own sound", func() bool { return len(e.Sounds()) > 5 })
	e.Peer().Restart(1)
	e.Wait("PeerDown", func() bool { return peertest.Said[call.PeerDown](e) > 0 })
	e.Wait("PeerUp", e.Up)
	heard := len(e.Sounds())
	e.Wait("own sound", func() bool { return len(e.Sounds()) > heard+5 })
	e.Close()
}

func TestEcho_BusyAndFreeAgain(t *testing.T) {
	s := newServer(t, func(c *echo.Config) { c.MaxCalls = 2 })
	for i := range 2 {
		id := signaling.CallID(fmt.Sprint("call", i))
		s.tell(signaling.Address{Name: string(id)}, id, signaling.Invite{Kind: media.Audio})
		s.expect(id, signaling.Accept{Kind: media.Audio})
	}
	s.tell(they, "third", signaling.Invite{Kind: media.Audio})
	s.expect("third", signaling.Busy{})
	s.tell(signaling.Address{Name: "call0"}, "call0", signaling.Cancel{})
	s.until(func() bool {
		s.tell(they, "fourth", signaling.Invite{Kind: media.Audio})
		return s.next().Message == signaling.Accept{Kind: media.Audio}
	})
}

func TestEcho_UnknownCalls(t *testing.T) {
	s := newServer(t)
	s.tell(me, "never", signaling.Candidate{})
	s.tell(me, "never", signaling.Bye{})
	s.tell(me, "never", signaling.Description{Type: signaling.Offer})
	s.expect("never", signaling.Bye{}) // the candidate and the goodbye need no answer
}

func TestEcho_OthersCannotEndACall(t *testing.T) {
	s := newServer(t)
	e := s.call("call", me, media.Audio, true)
	defer e.Run(7)()
	e.Wait("PeerUp", e.Up)
	s.tell(they, "call", signaling.Bye{})
	heard := len(e.Sounds())
	e.Wait("own sound", func() bool { return len(e.Sounds()) > heard+5 })
	s.tell(me, "call", signaling.Bye{})
	e.Wait("the end", func() bool { return peertest.Said[call.PeerLeft](e) > 0 })
	e.Close()
}

func TestEcho_NewCallReplacesTheOld(t *testing.T) {
	s := newServer(t)
	first := s.call("first", me, media.Audio, true)
	defer first.Run(1)()
	first.Wait("own sound", func() bool { return len(first.Sounds()) > 0 })
	second := s.call("second", me, media.Audio, true)
	second.Wait("PeerUp", second.Up)
	first.Wait("the end", func() bool { return peertest.Said[call.PeerLeft](first) > 0 })
	first.Close()
	second.Close()
}

func TestEcho_EndsByItself(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*echo.Config)
		offer  *signaling.Description
	}{
		{"nobody connects", func(c *echo.Config) { c.Setup = 50 * time.Millisecond }, nil},
		{"the call is too long", func(c *echo.Config) { c.MaxCall = 50 * time.Millisecond }, nil},
		{"the offer is nonsense", func(*echo.Config) {}, &signaling.Description{Type: signaling.Offer, SDP: "nonsense"}},
		{"the offer has nothing to return", func(c *echo.Config) { c.Setup = 50 * time.Millisecond }, nothing()},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newServer(t, c.change)
			s.ends["call"] = peertest.NewEnd(t)
			s.ends["call"].Open("call", call.Callee, media.Audio) // takes Echo's answer and does nothing
			s.tell(me, "call", signaling.Invite{Kind: media.Audio, Offer: c.offer})
			s.expect("call", signaling.Accept{Kind: media.Audio})
			s.expect("call", signaling.Bye{})
			s.ends["call"].Close()
		})
	}
}

// nothing is an offer of a data channel alone.
func nothing() *signaling.Description {
	return &signaling.Description{Type: signaling.Offer, SDP: strings.ReplaceAll(`v=0
o=- 1 1 IN IP4 0.0.0.0
s=-
t=0 0
a=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF
a=group:BUNDLE 0
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=setup:actpass
a=mid:0
a=sendrecv
a=sctp-port:5000
a=ice-ufrag:abcdefgh
a=ice-pwd:abcdefghabcdefghabcdefgh
`, "\n", "\r\n")}
}

func TestEcho_PathLost(t *testing.T) {
	s := newServer(t, func(c *echo.Config) { c.Recover = 50 * time.Millisecond })
	e := s.call("call", me, media.Audio, true)
	defer e.Run(1)()
	e.Wait("own sound", func() bool { return len(e.Sounds()) > 0 })
	e.Close()                         // without a word
	s.expect("call", signaling.Bye{}) // Echo has noticed
}

func TestEcho_ShutdownSaysGoodbye(t *testing.T) {
	s := newServer(t)
	e := s.call("call", me, media.Video, true)
	e.Wait("PeerUp", e.Up)
	s.echo.Close()
	s.expect("call", signaling.Bye{})
	s.echo.Close()
	s.tell(me, "late", signaling.Invite{Kind: media.Audio}) // nobody is there
	e.Close()
}

func TestEcho_ThirtyCallsLeaveNothing(t *testing.T) {
	s := newServer(t)
	for i := range 30 {
		id := signaling.CallID(fmt.Sprint("call", i))
		e := s.call(id, me, media.Video, i%2 == 0)
		stop := e.Run(9)
		e.Wait("own pictures", func() bool { return len(e.Pictures()) > 3 })
		stop()
		s.tell(me, id, signaling.Bye{})
		e.Close()
	}
} // TestMain looks for goroutines

func TestEcho_Offline(t *testing.T) {
	e, err := echo.New(echo.Config{Link: deaf{}})
	if err != nil {
		t.Fatal(err)
	}
	e.Handle(signaling.Received{Envelope: signaling.Envelope{Call: "x", Message: signaling.Invite{Kind: media.Audio}}})
	e.Handle(signaling.Unlinked{})
	e.Close()
}

// deaf is a link that is not connected.
type deaf struct{}

func (deaf) Send(signaling.Envelope) error { return errors.New("offline") }
