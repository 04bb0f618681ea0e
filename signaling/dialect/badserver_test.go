package dialect_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"parley/signaling"
)

// TestClient_StrangeFrames has a server that says what nobody understands.
func TestClient_StrangeFrames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, nil)
		u := start(t, p, people, anna)
		s := p.bind("anna")
		expect[signaling.Linked](u)
		s.say(`123`, `hello`, `{"type":"weather"}`, `[]`, `{`, strings.Repeat("[", 100))
		if err := s.WriteMessage(websocket.BinaryMessage, []byte{0xff, 0xfe}); err != nil {
			t.Fatal(err)
		}
		if c := expect[signaling.Counted](u); c.Frames != 7 || c.Server != server {
			t.Errorf("counted %+v", c)
		}
		// What is handed on without being looked at comes as a binary message.
		if err := s.WriteMessage(websocket.BinaryMessage, []byte(`{"type":"here","who":["bert"]}`)); err != nil {
			t.Fatal(err)
		}
		expect[signaling.Roster](u)
		go s.leave()
		u.stop()
	})
}

// TestClient_FloodLeavesRoom has a server that never stops talking.
func TestClient_FloodLeavesRoom(t *testing.T) {
	p := open(t, nil)
	u := start(t, p, people, anna)
	s := p.bind("anna")
	expect[signaling.Linked](u)
	flooding, wet := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(wet)
		for i := 0; s.WriteMessage(websocket.TextMessage, []byte(`{"type":"weather"}`)) == nil; i++ {
			if i == 10000 {
				close(flooding)
			}
		}
	}()
	<-flooding
	before := time.Now()
	if err := u.Send(to("bert", "c", invite())); err != nil {
		t.Fatal(err)
	}
	if _, text, err := s.ReadMessage(); err != nil || !strings.Contains(string(text), `"offer"`) {
		t.Fatalf("the client said %s, %v", text, err)
	}
	if took := time.Since(before); took > 2*time.Second {
		t.Errorf("the flood kept an invite back for %v", took)
	}
	u.cancel()
	_ = s.Close()
	<-wet
	u.stop()
	counted := 0
	for len(u.events) > 0 {
		if _, ok := (<-u.events).(signaling.Counted); ok {
			counted++
		}
	}
	if counted > 60 {
		t.Errorf("counted %d times", counted)
	}
}

// TestClient_ComplainingServer has a server with more faults than anybody reads.
func TestClient_ComplainingServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, nil)
		u := start(t, p, people, anna)
		s := p.bind("anna")
		expect[signaling.Linked](u)
		go s.leave()
		for range 2 {
			for range 100 {
				s.say(`{"type":"oops"}`)
			}
			<-time.After(time.Second) // of virtual time
		}
		faults := 0
		for len(u.events) > 0 {
			if _, ok := (<-u.events).(signaling.Fault); ok {
				faults++
			}
		}
		if faults != 20 {
			t.Errorf("%d faults in two seconds", faults)
		}
		u.stop()
	})
}

func TestClient_TooLargeAFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, nil)
		u := start(t, p, people, anna)
		s := p.bind("anna")
		expect[signaling.Linked](u)
		s.say(`"` + strings.Repeat("x", 2<<20) + `"`)
		if c := expect[signaling.Counted](u); c.Frames != 1 {
			t.Errorf("counted %+v", c)
		}
		s.say(`{"type":"here","who":["bert"],"picture":"` + strings.Repeat("x", 900<<10) + `"}`)
		expect[signaling.Roster](u) // the connection stands
		go s.leave()
		u.stop()
	})
}
