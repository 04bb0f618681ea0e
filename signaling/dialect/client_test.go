package dialect_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"parley/media"
	"parley/signaling"
	"parley/signaling/dialect"
	"parley/signaling/dialect/engine"
	"parley/signaling/dialect/profile"
)

// people is a server of people on one WebSocket.
const people = `
name = "people"
[param.name]
label = { en = "Name" }
required = true
[channel.main]
kind = "ws"
path = "/talk"
query = { id = "${self}" }
header = { X-Name = "${self}" }
subprotocols = ["talk"]
[[identify]]
frame = { type = "bind", id = "${self}" }
expect = { match = { type = "bound" } }
[peers]
kind = "person"
ids = "string"
self = "${param.name}"
[flow]
offer = "with-invite"
[send.invite]
frame = { type = "offer", to = "${to}", from = "${self}", sdp = "${sdp}" }
[send.answer]
frame = { type = "answer", to = "${to}", from = "${self}", sdp = "${sdp}" }
[send.bye]
frame = { type = "bye", to = "${to}", from = "${self}" }
[send.leave]
frame = { type = "leave", from = "${self}" }
[[recv]]
match = { type = "offer" }
do = "offer"
from = "from"
sdp = "sdp"
[[recv]]
match = { type = "bye" }
do = "bye"
from = "from"
[[recv]]
match = { type = "here" }
do = "roster"
members = "who.*"
[[recv]]
match = { type = "oops" }
do = "fault"
default_code = "oops"
[[recv]]
match = { type = "go" }
do = "refuse"
code = "code"
`

const sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=ice-ufrag:abcd\r\n"

func invite() signaling.Invite {
	return signaling.Invite{Kind: media.Video, Offer: &signaling.Description{Type: signaling.Offer, SDP: sdp}}
}

var anna = dialect.Options{Params: map[string]string{"name": "anna"}, Backoff: slow}

// bind takes the next connection and lets it in.
func (p *place) bind(name string) *socket {
	p.t.Helper()
	s := <-p.sockets
	s.hear(`{"type":"bind","id":"` + name + `"}`)
	s.say(`{"type":"bound"}`)
	return s
}

func TestClient_ConnectsAndIsKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, nil)
		u := start(t, p, people, anna)
		s := p.bind("anna")
		if r := s.request; r.URL.Path != "/talk" || r.URL.RawQuery != "id=anna" || r.Header.Get("X-Name") != "anna" || s.Subprotocol() != "talk" {
			t.Errorf("the client asked for %v, %q, %q", r.URL, r.Header.Get("X-Name"), s.Subprotocol())
		}
		linked := expect[signaling.Linked](u)
		if linked.Server != server || linked.Profile != "people" || linked.Self.Address != (signaling.Address{Server: server, Name: "anna"}) {
			t.Errorf("linked %+v", linked)
		}
		if c := linked.Capabilities; !c.OfferWithInvite || !c.Bye || !c.Presence || c.Rooms || c.Decline || c.Kinds {
			t.Errorf("capabilities %v", c.Names())
		}
		s.say(`{"type":"here","who":["bert","anna"]}`)
		if r := await[signaling.Roster](u); len(r.Members) == 0 || r.Members[len(r.Members)-1].Address.Name != "bert" {
			t.Errorf("roster %+v", r)
		}
		if err := u.Send(to("bert", "c", invite())); err != nil {
			t.Fatal(err)
		}
		s.hear(`{"type":"offer","to":"bert","from":"anna","sdp":{"type":"offer","sdp":` + strconv.Quote(sdp) + `}}`)
		go s.leave()
		u.stop()
	})
}

func TestClient_ComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, nil)
		u := start(t, p, people, anna)
		for range 3 {
			s := p.bind("anna")
			expect[signaling.Linked](u)
			s.say(`{"type":"here","who":["bert"]}`)
			await[signaling.Roster](u)
			_ = s.Close()
			if down := await[signaling.Unlinked](u); down.Retry <= 0 || down.Cause == nil {
				t.Errorf("unlinked %+v", down)
			}
			if err := u.Send(to("bert", "c", signaling.Bye{})); !errors.Is(err, signaling.ErrOffline) {
				t.Errorf("Send returned %v", err)
			}
		}
		s := p.bind("anna")
		expect[signaling.Linked](u)
		go s.leave()
		u.stop()
	})
}

// TestClient_ServerEndsConnectionsWithCalls has a server that closes the
// connections of all who were in a call when it is over: that is no failure.
func TestClient_ServerEndsConnectionsWithCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, nil)
		o := anna
		o.Backoff = slow
		u := start(t, p, people, o)
		for range 4 {
			s := p.bind("anna")
			await[signaling.Linked](u)
			s.say(`{"type":"offer","from":"bert","sdp":{"type":"offer","sdp":`+strconv.Quote(sdp)+`}}`, `{"type":"bye","from":"bert"}`)
			message[signaling.Invite](u)
			message[signaling.Cancel](u)
			_ = s.Close()
			if down := await[signaling.Unlinked](u); down.Retry > time.Second/2 {
				t.Errorf("away for %v", down.Retry)
			}
		}
		go p.bind("anna").leave()
		await[signaling.Linked](u)
		u.stop()
	})
}

func TestClient_TellsEveryFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, nil)
		p.refuse = true
		u := start(t, p, people, anna)
		for _, pause := range []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second} {
			if down := expect[signaling.Unlinked](u); down.Retry != pause || !errors.Is(down.Cause, errNobody) {
				t.Errorf("unlinked %+v, want a pause of %v", down, pause)
			}
		}
		u.stop()
		if down := expect[signaling.Unlinked](u); down.Retry != 0 {
			t.Errorf("at the end %+v", down)
		}
	})
}

// TestClient_SilentStep has a server that never lets us in.
func TestClient_SilentStep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, nil)
		u := start(t, p, people, anna)
		s := <-p.sockets
		before := time.Now()
		s.hear(`{"type":"bind","id":"anna"}`)
		go s.leave()
		if f := expect[signaling.Fault](u); f.Code != "no-answer" {
			t.Errorf("fault %+v", f)
		}
		expect[signaling.Unlinked](u)
		if took := time.Since(before); took != 10*time.Second {
			t.Errorf("gave up after %v", took)
		}
		s = p.bind("anna")
		expect[signaling.Linked](u)
		go s.leave()
		u.stop()
	})
}

func TestClient_RefusedForGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, nil)
		u := start(t, p, people, anna)
		s := <-p.sockets
		s.hear(`{"type":"bind","id":"anna"}`)
		s.say(`{"type":"go","code":"banned"}`)
		go s.leave()
		if f := expect[signaling.Fault](u); f.Code != "banned" {
			t.Errorf("fault %+v", f)
		}
		if down := expect[signaling.Unlinked](u); down.Retry != 0 {
			t.Errorf("unlinked %+v", down)
		}
		var refused *engine.RefusedError
		if err := <-u.result; !errors.As(err, &refused) || refused.Code != "banned" {
			t.Errorf("Run returned %v", err)
		}
		if err := u.Send(to("bert", "c", signaling.Bye{})); !errors.Is(err, signaling.ErrOffline) {
			t.Errorf("Send returned %v", err)
		}
		u.cancel()
	})
}

// TestClient_LastWords hangs up and ends at once: the server hears it all.
func TestClient_LastWords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, nil)
		u := start(t, p, people, anna)
		s := p.bind("anna")
		expect[signaling.Linked](u)
		s.say(`{"type":"offer","from":"bert","sdp":{"type":"offer","sdp":` + strconv.Quote(sdp) + `}}`)
		e, _ := message[signaling.Invite](u)
		for _, m := range []signaling.Message{
			signaling.Accept{Kind: media.Video}, signaling.Description{Type: signaling.Answer, SDP: sdp}, signaling.Bye{},
		} {
			if err := u.Send(signaling.Envelope{Peer: e.Peer, Call: e.Call, Message: m}); err != nil {
				t.Error(err)
			}
		}
		u.cancel()
		s.hear(`{"type":"answer","to":"bert","from":"anna","sdp":{"type":"answer","sdp":` + strconv.Quote(sdp) + `}}`)
		s.hear(`{"type":"bye","to":"bert","from":"anna"}`)
		s.hear(`{"type":"leave","from":"anna"}`)
		s.leave()
		u.stop()
	})
}

func TestClient_SendBeforeRunIsOffline(t *testing.T) {
	for _, toml := range []string{people, rooms} {
		p, err := profile.Parse([]byte(toml))
		if err != nil {
			t.Fatal(err)
		}
		c, err := dialect.New(dialect.Options{Profile: p, URL: "ws://127.0.0.1", Params: map[string]string{"name": "anna"}})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Send(to("bert", "c", signaling.Bye{})); !errors.Is(err, signaling.ErrOffline) {
			t.Errorf("Send returned %v", err)
		}
		if err := c.Invite(); !errors.Is(err, dialect.ErrNoInvites) {
			t.Errorf("Invite returned %v", err)
		}
		c.Solve("nobody asked", 1)
	}
}

func TestNew(t *testing.T) {
	p, err := profile.Parse([]byte(people))
	if err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	named := map[string]string{"name": "anna"}
	for name, bad := range map[string]dialect.Options{
		"no profile":     {URL: server, Params: named},
		"no address":     {Profile: p, Params: named},
		"not an address": {Profile: p, URL: "ftp://server.invalid", Params: named},
		"no name":        {Profile: p, URL: server},
		"fingerprint":    {Profile: p, URL: server, Params: named, Fingerprint: "12"},
		"authorities":    {Profile: p, URL: server, Params: named, CAFile: empty},
		"proxy":          {Profile: p, URL: server, Params: named, Proxy: "gopher://proxy.invalid"},
	} {
		if _, err := dialect.New(bad); err == nil {
			t.Errorf("%s: New accepted it", name)
		} else if (name == "no name") != errors.Is(err, dialect.ErrBadParam) {
			t.Errorf("%s: New returned %v", name, err)
		}
	}
	if _, err := dialect.New(dialect.Options{Profile: p, URL: "server.invalid", Params: named, Proxy: "socks5://127.0.0.1:9"}); err != nil {
		t.Error(err)
	}
}

var _ http.Handler = (*place)(nil)
