package dialect_test

import (
	"testing"
	"testing/synctest"
	"time"

	"parley/signaling"
	"parley/signaling/dialect"
)

// TestAway_ServerEndsFirst has the engine give a connection up that the server
// has just ended itself: it is made anew all the same, of which nobody is told.
func TestAway_ServerEndsFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, nil)
		u := start(t, p, lasting, dialect.Options{Rooms: []string{"001"}, Backoff: slow})
		s := p.joined("001")["001"]
		expect[signaling.Linked](u)
		awaitRoster(u, 1)
		for range cap(u.events) {
			u.events <- nil // so that the client waits where it says why
		}
		s.say(`{"type":"full"}`)
		_ = s.Close()
		synctest.Wait()
		for range cap(u.events) {
			<-u.events
		}
		expect[signaling.Fault](u)
		s = p.joined("001")["001"]
		synctest.Wait()
		if n := len(u.events); n != 0 {
			t.Errorf("told %#v", <-u.events)
		}
		u.cancel()
		s.hear(`{"type":"leave","room":"001"}`)
		go s.leave()
		u.stop()
	})
}

// TestAway_CallTooLate calls while the server is lost, as whoever does who has
// not heard of that yet. Nothing rings when it is back.
func TestAway_CallTooLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, nil)
		u := start(t, p, rooms, dialect.Options{Rooms: []string{"001"}, Backoff: slow})
		_ = p.joined("001")["001"].Close()
		await[signaling.Unlinked](u)
		lost := time.Now()
		if err := u.Send(to("001", "c", signaling.Invite{})); err != nil {
			t.Fatal(err)
		}
		if e, _ := message[signaling.Unavailable](u); e.Call != "c" || !time.Now().Equal(lost) {
			t.Errorf("after %v: %+v", time.Since(lost), e)
		}
		s := p.joined("001")["001"]
		await[signaling.Linked](u)
		u.cancel()
		s.hear(`{"type":"leave","room":"001"}`)
		go s.leave()
		u.stop()
	})
}

// TestAway_LostWhileItWaits loses the server while a call waits for the
// connection that is made anew: it has ended when the server is back.
func TestAway_LostWhileItWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, nil)
		u := start(t, p, lasting, dialect.Options{Rooms: []string{"001"}, Backoff: slow})
		s := p.joined("001")["001"]
		expect[signaling.Linked](u)
		for _, e := range []signaling.Envelope{
			to("001", "c", invite()), to("001", "c", signaling.Cancel{}), to("001", "d", invite()),
		} {
			if err := u.Send(e); err != nil {
				t.Fatal(err)
			}
		}
		s.leave()
		_ = (<-p.sockets).Close() // before we are known
		await[signaling.Unlinked](u)
		s = p.joined("001")["001"]
		await[signaling.Linked](u)
		u.cancel()
		s.hear(`{"type":"leave","room":"001"}`)
		go s.leave()
		u.stop()
	})
}

// TestAway_Withdrawn makes a call and takes it back before the room is joined.
func TestAway_Withdrawn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, nil)
		u := start(t, p, rooms, dialect.Options{Backoff: slow})
		expect[signaling.Linked](u)
		for _, e := range []signaling.Envelope{
			to("001", "c", signaling.Invite{}), to("001", "c", signaling.Cancel{}), to("001", "d", signaling.Invite{}),
		} {
			if err := u.Send(e); err != nil {
				t.Fatal(err)
			}
		}
		s := p.joined("001")["001"]
		s.hear(`{"type":"call","room":"001"}`)
		u.cancel()
		s.hear(`{"type":"leave","room":"001"}`)
		go s.leave()
		u.stop()
	})
}

// TestAway_HangsUp hangs up while the server is lost whose calls end with the
// connection: the next one is not given up for that.
func TestAway_HangsUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, nil)
		u := start(t, p, lasting, dialect.Options{Rooms: []string{"001"}, Backoff: slow})
		s := p.joined("001")["001"]
		s.say(`{"type":"call"}`)
		ring, _ := message[signaling.Invite](u)
		if err := u.Send(to("001", ring.Call, signaling.Accept{})); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		_ = s.Close()
		await[signaling.Unlinked](u)
		if err := u.Send(to("001", ring.Call, signaling.Bye{})); err != nil {
			t.Fatal(err)
		}
		s = p.joined("001")["001"]
		await[signaling.Linked](u)
		if err := u.Send(to("001", "c", signaling.Invite{})); err != nil {
			t.Fatal(err)
		}
		s.hear(`{"type":"call","room":"001"}`)
		u.cancel()
		s.hear(`{"type":"leave","room":"001"}`)
		go s.leave()
		u.stop()
	})
}
