package client_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"parley/media"
	"parley/signaling"
	"parley/signaling/hub"
	"parley/signaling/hub/client"
	"parley/signaling/hub/frame"
)

const id = signaling.CallID("0123456789abcdef")

func of[T any](v T) *T { return &v }

func TestClient_LinkedAndRoster(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p place
		defer p.open(t, hub.Options{ICE: []signaling.ICEServer{{URLs: []string{"stun:192.0.2.1"}}}})()
		anna := start(t, &p, client.Options{Server: "home", Name: "Anna", Display: "Anna B."})
		linked := expect[signaling.Linked](anna)
		self := signaling.Member{Address: signaling.Address{Server: "home", Name: "Anna"}, Name: "Anna B.", Kind: signaling.Person}
		if linked.Server != "home" || linked.Self != self || len(linked.Capabilities.Names()) != 10 || len(linked.ICE) != 1 {
			t.Errorf("linked %+v", linked)
		}
		if r := expect[signaling.Roster](anna); r.Server != "home" || len(r.Members) != 0 {
			t.Errorf("roster %v", r)
		}
		bert := join(t, &p, client.Options{Name: "bert"})
		carl := join(t, &p, client.Options{Name: "carl"})
		names := func(r signaling.Roster) (names string) {
			for _, m := range r.Members {
				names += m.Address.Name + " "
			}
			return names
		}
		for _, want := range []string{"bert ", "bert carl "} {
			if got := names(expect[signaling.Roster](anna)); got != want {
				t.Errorf("roster %q, want %q", got, want)
			}
		}
		bert.stop()
		if got := names(expect[signaling.Roster](anna)); got != "carl " {
			t.Errorf("roster %q", got)
		}
		carl.stop()
		anna.stop()
	})
}

func TestClient_CarriesEveryMessage(t *testing.T) {
	offer := &signaling.Description{Type: signaling.Offer, SDP: "v=0\r\n"}
	synctest.Test(t, func(t *testing.T) {
		var p place
		defer p.open(t, hub.Options{})()
		anna := join(t, &p, client.Options{Server: "a", Name: "anna", Display: "Anna"})
		bert := join(t, &p, client.Options{Server: "b", Name: "bert"})
		for _, c := range []struct{ sent, received signaling.Message }{
			{signaling.Invite{Kind: media.Audio, Name: "not looked at"}, signaling.Invite{Kind: media.Audio, Name: "Anna"}},
			{signaling.Invite{Kind: media.Video, Offer: offer}, signaling.Invite{Kind: media.Video, Name: "Anna", Offer: offer}},
			{signaling.Ringing{}, nil},
			{signaling.Accept{Kind: media.Video}, nil},
			{signaling.Decline{}, nil},
			{signaling.Decline{Text: " in a\nmeeting" + strings.Repeat("!", 300)}, signaling.Decline{Text: "in a meeting" + strings.Repeat("!", 188)}},
			{signaling.Busy{}, nil},
			{signaling.Cancel{}, nil},
			{signaling.Cancel{Timeout: true}, nil},
			{signaling.Description{Type: signaling.Answer, SDP: "v=0\r\na=<&>", Round: 7}, nil},
			{signaling.Candidate{Candidate: "candidate:1", SDPMid: of("0"), SDPMLineIndex: of(uint16(1)), UsernameFragment: of("u")}, nil},
			{signaling.Candidate{}, nil},
			{signaling.Bye{}, nil},
		} {
			e := signaling.Envelope{Peer: signaling.Address{Server: "a", Name: "bert"}, Call: id, Message: c.sent}
			if err := anna.Send(e); err != nil {
				t.Fatal(err)
			}
			want := c.received
			if want == nil {
				want = c.sent
			}
			got := expect[signaling.Received](bert).Envelope
			if got.Peer != (signaling.Address{Server: "b", Name: "anna"}) || got.Call != id || !reflect.DeepEqual(got.Message, want) {
				t.Errorf("sent %+v, received %+v", c.sent, got)
			}
		}
		e := signaling.Envelope{Peer: signaling.Address{Name: "bert"}, Call: id, Message: signaling.Unavailable{}}
		if err := anna.Send(e); err == nil {
			t.Error("Send took what only servers say")
		}
		anna.stop()
		bert.stop()
	})
}

func TestClient_UnavailableInPlaceOfThePeer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p place
		defer p.open(t, hub.Options{})()
		anna := join(t, &p, client.Options{Server: "a", Name: "anna"})
		for name, code := range map[string]string{"nobody": "unknown-peer", "no name": "bad-frame"} {
			peer := signaling.Address{Server: "a", Name: name}
			if err := anna.Send(signaling.Envelope{Peer: peer, Call: id, Message: signaling.Invite{Kind: media.Audio}}); err != nil {
				t.Fatal(err)
			}
			if name == "no name" {
				peer.Name = "" // which the hub could not read
			}
			got := expect[signaling.Received](anna).Envelope
			if got.Peer != peer || got.Call != id || got.Message != (signaling.Unavailable{Code: code}) {
				t.Errorf("received %+v", got)
			}
		}
		anna.stop()
	})
}

func TestClient_InviteLinkLetsAGuestIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p place
		defer p.open(t, hub.Options{})()
		anna := join(t, &p, client.Options{Name: "anna"})
		if err := anna.Invite(); err != nil {
			t.Fatal(err)
		}
		link := expect[signaling.InviteLink](anna)
		token, ok := strings.CutPrefix(link.URL, "https://hub.example/i/")
		if !ok || time.Until(link.Expires) != 24*time.Hour {
			t.Errorf("link %v", link)
		}
		guest := start(t, &p, client.Options{Invite: token, Display: "G"})
		if self := expect[signaling.Linked](guest).Self; self.Kind != signaling.Guest || self.Name != "G" {
			t.Errorf("self %v", self)
		}
		if r := expect[signaling.Roster](guest); len(r.Members) != 1 || r.Members[0].Address.Name != "anna" {
			t.Errorf("roster %v", r)
		}
		if r := expect[signaling.Roster](anna); len(r.Members) != 1 || r.Members[0].Kind != signaling.Guest {
			t.Errorf("roster %v", r)
		}
		_ = guest.Send(signaling.Envelope{Peer: signaling.Address{Name: "bert"}, Call: id, Message: signaling.Bye{}})
		if got := expect[signaling.Received](guest).Envelope; got.Message != (signaling.Unavailable{Code: "forbidden"}) {
			t.Errorf("received %v", got)
		}
		_ = guest.Invite()
		if f := expect[signaling.Fault](guest); f.Code != "forbidden" {
			t.Errorf("fault %v", f)
		}
		guest.stop()
		anna.stop()
	})
}

func TestClient_RefusalsAreFinal(t *testing.T) {
	for _, c := range []struct {
		code    frame.Code
		options client.Options
	}{
		{frame.NameTaken, client.Options{Name: "ANNA"}},
		{frame.NameTaken, client.Options{Name: "echo"}},
		{frame.BadName, client.Options{Name: "an na"}},
		{frame.BadName, client.Options{Name: strings.Repeat("x", 65)}},
		{frame.BadName, client.Options{Name: "guest-x"}},
		{frame.InviteUnknown, client.Options{Invite: "none"}},
	} {
		t.Run(string(c.code), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var p place
				defer p.open(t, hub.Options{})()
				anna := join(t, &p, client.Options{Name: "anna"})
				u := start(t, &p, c.options)
				var refusal frame.Error
				if err := <-u.result; !errors.As(err, &refusal) || refusal.Code != c.code {
					t.Errorf("Run returned %v", err)
				}
				if f := expect[signaling.Fault](u); f.Code != string(c.code) || f.Err == nil {
					t.Errorf("fault %v", f)
				}
				if down := expect[signaling.Unlinked](u); down.Retry != 0 || !errors.As(down.Cause, &refusal) {
					t.Errorf("unlinked %v", down)
				}
				u.cancel()
				anna.stop()
			})
		})
	}
}

func TestClient_KilledHub(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p place
		stop := p.open(t, hub.Options{})
		anna := join(t, &p, client.Options{Name: "anna"})
		envelope := signaling.Envelope{Peer: signaling.Address{Name: "bert"}, Call: id, Message: signaling.Ringing{}}
		stop()
		if down := expect[signaling.Unlinked](anna); down.Retry == 0 || down.Cause == nil {
			t.Errorf("unlinked %v", down)
		}
		if err := anna.Send(envelope); !errors.Is(err, signaling.ErrOffline) {
			t.Errorf("Send returned %v", err)
		}
		if err := anna.Invite(); !errors.Is(err, signaling.ErrOffline) {
			t.Errorf("Invite returned %v", err)
		}
		for range 3 { // and nobody is there
			expect[signaling.Unlinked](anna)
		}
		stop = p.open(t, hub.Options{})
		for linked := false; !linked; {
			switch e := (<-anna.events).(type) {
			case signaling.Linked:
				linked = true
			case signaling.Unlinked:
			default:
				t.Fatalf("got %#v", e)
			}
		}
		expect[signaling.Roster](anna)
		bert := join(t, &p, client.Options{Name: "bert"})
		expect[signaling.Roster](anna)
		if err := anna.Send(envelope); err != nil {
			t.Error(err)
		}
		expect[signaling.Received](bert)
		bert.stop()
		anna.stop()
		stop()
	})
}

// TestClient_ResumesWhenTheHubHasNotNoticed cuts the connection so that only
// the client sees it: its name would be taken, by itself.
func TestClient_ResumesWhenTheHubHasNotNoticed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p place
		defer p.open(t, hub.Options{})()
		bert := join(t, &p, client.Options{Name: "bert"})
		anna := join(t, &p, client.Options{Name: "anna"})
		expect[signaling.Roster](bert)
		line := p.last()
		close(line.cut)
		_ = line.SetReadDeadline(time.Unix(1, 0))
		if down := expect[signaling.Unlinked](anna); down.Retry == 0 {
			t.Errorf("unlinked %v", down)
		}
		expect[signaling.Linked](anna)
		expect[signaling.Roster](anna)
		_ = bert.Send(signaling.Envelope{Peer: signaling.Address{Name: "anna"}, Call: id, Message: signaling.Bye{}})
		expect[signaling.Received](anna)
		synctest.Wait()
		if n := len(bert.events); n != 0 {
			t.Errorf("bert was told %#v", <-bert.events)
		}
		_ = line.Conn.Close()
		anna.stop()
		bert.stop()
	})
}

func TestClient_SendBeforeRunIsOffline(t *testing.T) {
	c, err := client.New(client.Options{URL: "ws://127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Send(signaling.Envelope{Message: signaling.Bye{}}); !errors.Is(err, signaling.ErrOffline) {
		t.Errorf("Send returned %v", err)
	}
}

func TestClient_TwoHundred(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const many = 200
		var p place
		defer p.open(t, hub.Options{})()
		users := make([]*user, many)
		for i := range users {
			users[i] = start(t, &p, client.Options{Name: fmt.Sprintf("u%03d", i)})
		}
		await := func(u *user, members int) {
			for {
				if r, ok := (<-u.events).(signaling.Roster); ok && len(r.Members) == members {
					return
				}
			}
		}
		for _, u := range users {
			await(u, many-1)
		}
		for _, u := range users[1:] {
			u.stop()
		}
		await(users[0], 0)
		users[0].stop()
	})
}

func TestNew(t *testing.T) {
	for _, bad := range []client.Options{
		{}, {URL: "hub.example"}, {URL: "ftp://hub.example"}, {URL: "ws://hub.example:port"}, {URL: "ws://127.0.0.1", Fingerprint: "12"},
	} {
		if _, err := client.New(bad); err == nil {
			t.Errorf("New accepted %+v", bad)
		}
	}
}

func TestClient_PinsTheHubsOwnCertificate(t *testing.T) {
	h, err := hub.New(hub.Options{Listen: "0.0.0.0:0", DataDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error, 1)
	go func() { result <- h.Serve(ctx) }()
	address := "https" + strings.TrimPrefix(h.URL(), "wss") + "/"
	anna := join(t, nil, client.Options{URL: address, Name: "anna", Fingerprint: h.Fingerprint()})
	stranger := start(t, nil, client.Options{URL: address, Name: "anna"})
	if down := expect[signaling.Unlinked](stranger); !strings.Contains(down.Cause.Error(), "certificate") {
		t.Errorf("unlinked %v", down)
	}
	stranger.stop()
	anna.stop()
	cancel()
	if err := <-result; err != nil {
		t.Error(err)
	}
}
