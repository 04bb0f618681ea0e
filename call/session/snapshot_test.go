package session_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net"
	"os"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"parley/call"
	"parley/call/session"
	"parley/media"
	"parley/signaling"
)

func TestSnapshotOfCall(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ann, ben := w.person("ann"), w.person("ben")
		began := time.Now()
		ann.dial(ben)
		after(5 * time.Second)
		ben.Post(session.Accept{Kind: media.Video})
		answered := time.Now()
		s := ann.now()
		if s.Call.Phase != call.Active || s.PeerName != "ben" || !s.Began.Equal(began) || !s.LiveSince.Equal(answered) || !s.Deadline.IsZero() {
			w.t.Errorf("shown: %+v", s)
		}
		seen := time.Now().Add(time.Millisecond)
		ann.Post(session.FirstFrame{ID: "ann-1", Kind: media.Video, At: seen})
		ann.Post(session.FirstFrame{ID: "ann-1", Kind: media.Video, At: seen.Add(time.Hour)}) // only one is first
		ann.Post(session.FirstFrame{ID: "another", Kind: media.Audio, At: seen})
		ann.Post(session.Reading{ID: "another", Stats: call.Stats{Path: call.PathStats{Protocol: "tcp"}}})
		ann.Post(session.Reading{ID: "ann-1", Stats: call.Stats{Path: call.PathStats{Protocol: "udp"}}})
		s = ann.now()
		if len(s.FirstFrame) != 1 || !s.FirstFrame[media.Video].Equal(seen) || s.Stats.Path.Protocol != "udp" {
			w.t.Errorf("shown: first frames %v, stats %+v", s.FirstFrame, s.Stats)
		}
		ann.Post(session.Hangup{})
		ann.ended(call.LocalHangup)
		s = ann.now()
		if !s.Began.IsZero() || !s.LiveSince.IsZero() || s.PeerName != "" || len(s.FirstFrame) != 0 || s.Stats != (call.Stats{}) {
			w.t.Errorf("the last call is still shown: %+v", s)
		}
	})
}

// A snapshot is published when something changed, and only then, once for
// everything that waited.
func TestPublishesChangesOnly(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ann := w.person("ann")
		before := len(ann.snapshots)
		for range 10 {
			ann.Post(session.Hangup{})
			ann.Post(session.Dismiss{Code: "nothing"})
			ann.Post(session.Signaled{Event: signaling.Roster{Server: w.relay.URL}})
			ann.now()
		}
		if n := len(ann.snapshots) - before; n != 0 {
			w.t.Errorf("%d snapshots of nothing new", n)
		}
		late := w.newPerson("late")
		for i := range 1000 {
			late.Post(session.BookChanged{History: []call.Record{{ID: signaling.CallID(fmt.Sprint(i))}}})
		}
		late.start()
		if n := len(late.snapshots); n > 4 || late.now().History[0].ID != "999" {
			w.t.Errorf("%d snapshots, the last with %v", n, late.now().History)
		}
	})
}

// Whoever holds a snapshot can write into it without anybody noticing.
func TestSnapshotSharesNothing(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ann := w.person("ann")
		w.stray("ben")
		contacts := []call.Contact{{Name: "Ben"}}
		ann.Post(session.BookChanged{Contacts: contacts, History: []call.Record{{Name: "Ben"}}})
		ann.Post(session.Mute{Kind: media.Audio, On: true})
		ann.Post(session.Noticed{Notice: session.Notice{Code: "x", Args: map[string]string{"name": "y"}}})
		s := ann.now()
		contacts[0].Name = "spoilt"
		s.Contacts[0].Name, s.History[0].Name, s.Roster[0].Name = "spoilt", "spoilt", "spoilt"
		s.Servers[0].URL, s.Notices[0].Args["name"], s.Muted[media.Audio] = "spoilt", "spoilt", false
		ann.Post(session.Preview{On: true})
		ann.Post(session.Mute{Kind: media.Video, On: true})
		next := ann.now()
		if text := fmt.Sprintf("%+v", next); strings.Contains(text, "spoilt") || !next.Muted[media.Audio] {
			w.t.Errorf("a snapshot was written into: %s", text)
		}
	})
}

func TestRoster(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ann := w.person("ann")
		other := "wss://other.example/ws"
		member := func(server, id, name string) signaling.Member {
			return signaling.Member{Address: signaling.Address{Server: server, Name: id}, Name: name, Kind: signaling.Person}
		}
		me := member(w.relay.URL, "ann", "ann")
		ann.Post(session.Signaled{Event: signaling.Roster{Server: w.relay.URL, Members: []signaling.Member{
			member(w.relay.URL, "2", "zoe"), me, member(w.relay.URL, "1", "Bob"),
		}}})
		ann.Post(session.Signaled{Event: signaling.Linked{Server: other, Self: member(other, "x", "x")}})
		ann.Post(session.Signaled{Event: signaling.Roster{Server: other, Members: []signaling.Member{
			member(other, "1", "bob"), member(other, "3", "Kim"),
		}}})
		var got []string
		for _, m := range ann.now().Roster {
			got = append(got, m.Name+"@"+m.Address.Server)
		}
		want := []string{"Bob@" + w.relay.URL, "bob@" + other, "Kim@" + other, "zoe@" + w.relay.URL}
		if !reflect.DeepEqual(got, want) {
			w.t.Errorf("roster is %v, want %v", got, want)
		}
		ann.Post(session.Signaled{Event: signaling.Unlinked{Server: other}})
		s := ann.now()
		if len(s.Roster) != 2 || len(s.Servers) != 2 || s.Servers[0].URL != w.relay.URL || !s.Servers[1].RetryAt.IsZero() {
			w.t.Errorf("after one server is gone: %+v, %+v", s.Roster, s.Servers)
		}
	})
}

// An address as a user writes it, without the server or in another case, finds
// who is meant.
func TestDialAsWritten(t *testing.T) {
	there, other := "wss://hub.example/ws", "wss://other.example/ws"
	for written, want := range map[signaling.Address]signaling.Address{
		{Name: "BEN"}:                {Server: there, Name: "Ben"},
		{Name: "ben", Server: there}: {Server: there, Name: "ben"},
		{Name: "ben", Server: other}: {Server: other, Name: "BEN"},
		{Name: "Cyd"}:                {Server: other, Name: "cyd"},
		{Name: "nobody"}:             {Server: there, Name: "nobody"},
		{Name: "room 1"}:             {Server: other, Name: "room 1"}, // in the roster
		{Name: "Room 2"}:             {Server: other, Name: "room 2"}, // a contact only
		{Name: "room 3"}:             {Server: there, Name: "room 3"}, // its server is away
	} {
		inWorld(t, offerLater, func(w *world) {
			ann := w.person("ann")
			at := func(server string, names ...string) {
				var all []signaling.Member
				for _, name := range names {
					all = append(all, signaling.Member{Address: signaling.Address{Server: server, Name: name}, Name: name})
				}
				ann.Post(session.Signaled{Event: signaling.Linked{Server: server}})
				ann.Post(session.Signaled{Event: signaling.Roster{Server: server, Members: all}})
			}
			at(there, "Ben", "ben")
			at(other, "BEN", "cyd", "room 1")
			if written.Name == "BEN" {
				at(other, "cyd")
			}
			ann.Post(session.BookChanged{Contacts: []call.Contact{
				{Address: signaling.Address{Server: other, Name: "room 2"}},
				{Address: signaling.Address{Server: "wss://away.example", Name: "room 3"}},
			}})
			ann.Post(session.Dial{To: written, Kind: media.Audio})
			ann.now()
			if r := ann.ledger.all(); len(ann.sent) != 1 || ann.sent[0].Peer != want {
				w.t.Errorf("%v rings %+v (%+v), want %v", written, ann.sent, r, want)
			}
		})
	}
}

func TestCauses(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ann := w.person("ann")
		for _, c := range []struct {
			err  error
			want string
		}{
			{nil, session.CauseLost},
			{context.Canceled, session.CauseLost},
			{fmt.Errorf("dial: %w", os.NewSyscallError("connect", syscall.ECONNREFUSED)), session.CauseRefused},
			{&net.DNSError{IsNotFound: true}, session.CauseUnknownHost},
			{&net.DNSError{IsTimeout: true}, session.CauseTimeout},
			{context.DeadlineExceeded, session.CauseTimeout},
			{fmt.Errorf("connect: %w: %w", signaling.ErrProxy, syscall.ECONNREFUSED), session.CauseProxy},
			{&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}, session.CauseCertificate},
		} {
			ann.Post(session.Signaled{Event: signaling.Unlinked{Server: w.relay.URL, Cause: c.err}})
			if got := ann.now().Servers[0].Cause; got != c.want {
				w.t.Errorf("%v is shown as %q, want %q", c.err, got, c.want)
			}
		}
		ann.Post(session.Signaled{Event: signaling.Fault{Server: w.relay.URL, Code: "name-taken"}})
		ann.Post(session.Signaled{Event: signaling.Unlinked{Server: w.relay.URL}})
		if got := ann.now().Servers[0].Cause; got != "nameTaken" {
			w.t.Errorf("the server's own word is shown as %q", got)
		}
		after(time.Minute)
		ann.Post(session.Signaled{Event: signaling.Unlinked{Server: w.relay.URL}})
		if got := ann.now().Servers[0].Cause; got != session.CauseLost {
			w.t.Errorf("an old fault is shown as the cause: %q", got)
		}
	})
}

// Somebody is called as the user wrote it, else as the server tells, else as
// they said, else by their address; and keeps the name when they leave.
func TestNames(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ben, away := w.person("ben"), w.stray("ann")
		rings := func(peer signaling.Address, id signaling.CallID, name string) {
			ben.Post(session.Signaled{Event: signaling.Received{Envelope: signaling.Envelope{
				Peer: peer, Call: id, Message: signaling.Invite{Kind: media.Audio, Name: name},
			}}})
		}
		shown := func(want string) {
			w.t.Helper()
			if got := ben.now().PeerName; got != want {
				w.t.Errorf("shown as %q, want %q", got, want)
			}
		}
		rings(away, "1", "Ann of Green Gables")
		shown("ann")
		ben.Post(session.BookChanged{Contacts: []call.Contact{{Address: away, Name: "Annie"}}})
		shown("Annie")
		ben.Post(session.BookChanged{})
		ben.Post(session.Accept{Kind: media.Audio}) // a ring would end when they leave
		ben.Post(session.Signaled{Event: signaling.Roster{Server: w.relay.URL}})
		shown("ann")
		ben.Post(session.Hangup{})
		rings(away, "2", " Ann of Green Gables ")
		shown("Ann of Green Gables")
		ben.Post(session.Hangup{})
		rings(away, "3", " ")
		shown("ann")
		rings(signaling.Address{Server: w.relay.URL, Name: "forger"}, "3", "Somebody Else")
		shown("ann")
	})
}

func TestInviteLink(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ann := w.person("ann")
		ann.Post(session.Invite{})
		if got := ann.now().Invite; got.URL != w.relay.URL+"/i/ann" || got.Expires.IsZero() {
			w.t.Errorf("link is %+v", got)
		}
		ann.client.Cut(nil)
		if got := ann.now().Invite; got.URL != "" {
			w.t.Errorf("the link %+v outlives its server's connection", got)
		}
		ann.Post(session.Invite{Server: w.relay.URL})
		if n := ann.now().Notices; len(n) != 1 || n[0].Code != session.NoticeInviteFailed || n[0].Args["server"] != w.relay.URL {
			w.t.Errorf("notices are %+v", n)
		}
	})
}

func TestBookCommands(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ann := w.person("ann")
		ben := signaling.Address{Name: "ben"}
		ann.Post(session.SaveContact{Contact: call.Contact{Address: ben, Name: "Ben"}})
		ann.Post(session.RemoveContact{Address: ben})
		ann.Post(session.SeeMissed{})
		ann.now()
		if l := ann.ledger; len(l.saved) != 1 || l.saved[0].Name != "Ben" || len(l.removed) != 1 || l.removed[0] != ben || l.seen != 1 {
			w.t.Errorf("the book was told %+v", l)
		}
	})
}

// At Debug the log tells every step, and still no content.
func TestDebugLog(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		w.level = slog.LevelDebug
		ann, ben := w.person("ann"), w.person("benjamin")
		ann.dial(ben)
		ann.is(call.Calling)
		text := ann.log.String()
		step := `msg=step component=session event="dial ann-1 video with offer" ` +
			`state="calling ann-1 caller video with offer" effects="open ann-1 video offers"`
		if !strings.Contains(text, step) || strings.Contains(text, "benjamin") || strings.Contains(text, "v=0") {
			w.t.Errorf("log is\n%s", text)
		}
	})
}

// The log tells each phase once, and no names.
func TestLog(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ann, ben := w.person("ann"), w.person("benjamin")
		w.talk(ann, ben)
		ann.Post(session.Hangup{})
		ann.ended(call.LocalHangup)
		var phases []string
		for line := range strings.Lines(ann.log.String()) {
			_, rest, _ := strings.Cut(line, "msg=phase ")
			phases = append(phases, strings.TrimSpace(rest))
		}
		want := []string{
			`component=session call=ann-1 phase=calling reason=""`,
			`component=session call=ann-1 phase=connecting reason=""`,
			`component=session call=ann-1 phase=active reason=""`,
			`component=session call=ann-1 phase=closing reason=localHangup`,
			`component=session call=ann-1 phase=idle reason=localHangup`,
		}
		if !reflect.DeepEqual(phases, want) {
			w.t.Errorf("log is\n%s", ann.log)
		}
		if text := ann.log.String(); strings.Contains(text, "benjamin") || strings.Contains(text, "v=0") {
			w.t.Errorf("the log tells too much:\n%s", text)
		}
	})
}
