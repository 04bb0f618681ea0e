package hub_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"parley/signaling/hub"
	"parley/signaling/wire"
)

func TestLimit_BadFrames(t *testing.T) {
	virtually(t, hub.Options{}, func(b *bench) {
		anna := b.member("anna")
		for _, text := range []string{`hello`, `123`, `[]`, `{}`, `{"type":"dance"}`, `{"type":"bye"}`, `{"type":"welcome"}`} {
			anna.send(text)
			anna.expectError("bad-frame")
		}
		_ = anna.ws.WriteMessage(websocket.BinaryMessage, []byte(`{"type":"link"}`))
		anna.expectError("bad-frame")
		anna.send(`{"type":"accept","to":"bert",` + call + `}`)
		if e := anna.expectError("bad-frame"); e["to"] != "bert" || e["call"] != "0123456789_abcdef-XYZ" {
			b.Errorf("error %v", e)
		}
		anna.link() // still good
		<-time.After(time.Minute)
		for range 19 {
			anna.send(`{`)
			anna.expectError("bad-frame")
		}
		anna.link()
		anna.send(`{`)
		anna.expectError("bad-frame")
		anna.refused("bad-frame", 4405)
	})
}

func TestLimit_TooFast(t *testing.T) {
	virtually(t, hub.Options{}, func(b *bench) {
		anna, bert := b.member("anna"), b.member("bert")
		anna.next("came")
		bye := `{"type":"bye","to":"bert",` + call + `}`
		for range 199 { // one token went for identify
			anna.send(bye)
		}
		synctest.Wait()
		for range 5 {
			anna.send(bye)
		}
		anna.expectError("too-fast") // once for all five
		anna.expectNothing()
		if n := len(bert.frames); n != 199 {
			b.Errorf("%d frames were relayed, want 199", n)
		}
		<-time.After(time.Second)
		for range 51 {
			anna.send(bye)
		}
		anna.expectError("too-fast")
		synctest.Wait()
		if n := len(bert.frames); n != 249 {
			b.Errorf("%d frames were relayed, want 249", n)
		}
	})
}

func TestLimit_TooFastForTooLong(t *testing.T) {
	virtually(t, hub.Options{}, func(b *bench) {
		anna := b.member("anna")
		var sending sync.WaitGroup
		defer sending.Wait()
		sending.Go(func() { // until the hub has enough
			for anna.ws.WriteMessage(websocket.TextMessage, []byte(`{"type":"link"}`)) == nil {
				<-time.After(10 * time.Millisecond)
			}
		})
		began := time.Now()
		errs := 0
		for text := range anna.frames {
			if strings.Contains(text, `"too-fast"`) {
				errs++
			}
		}
		// 100 a second leave the burst after four seconds, and ten more are suffered.
		if took := time.Since(began); took < 13*time.Second || took > 15*time.Second {
			b.Errorf("closed after %v", took)
		}
		if errs < 10 || errs > 12 {
			b.Errorf("%d errors", errs)
		}
		var e *websocket.CloseError
		if err := <-anna.end; !errors.As(err, &e) || e.Code != 4406 || e.Text != "too-fast" {
			b.Errorf("ended with %v", err)
		}
	})
}

func TestLimit_TooLarge(t *testing.T) {
	virtually(t, hub.Options{}, func(b *bench) {
		anna, bert := b.member("anna"), b.member("bert")
		anna.next("came")
		frame := func(size int) string {
			head, tail := `{"type":"description","to":"bert",`+call+`,"description":{"type":"offer","sdp":"`, `"}}`
			return head + strings.Repeat("x", size-len(head)-len(tail)) + tail
		}
		anna.send(frame(256 << 10))
		bert.next("description")
		_ = anna.ws.WriteMessage(websocket.TextMessage, []byte(frame(256<<10+1)))
		anna.expectEnd(1009, "too-large")
		bert.expect(`{"type":"gone","name":"anna"}`)
	})
}

func TestLimit_SlowReaderIsDropped(t *testing.T) {
	o := hub.Options{Limits: hub.Limits{Wire: wire.Limits{Queue: 20}}}
	virtually(t, o, func(b *bench) {
		anna := b.member("anna")
		slow := b.dial("parley.hub.v1")
		slow.send(`{"type":"identify","name":"slow"}`)
		anna.next("came") // and slow reads nothing from now on
		bert := b.member("bert")
		anna.next("came")
		for range 30 {
			anna.send(`{"type":"bye","to":"slow",` + call + `}`)
		}
		for _, other := range []*raw{anna, bert} {
			other.expect(`{"type":"gone","name":"slow"}`)
		}
		synctest.Wait()
		for range len(anna.frames) { // those after it are told that it is not here
			anna.expectError("unknown-peer")
		}
		slow.listen()
		for range slow.frames { // what was written already
		}
		var e *websocket.CloseError
		if err := <-slow.end; !errors.As(err, &e) || e.Code != 4408 {
			b.Errorf("ended with %v", err)
		}
	})
}

func TestLimit_SlowReadersOfPresenceAreDroppedTogether(t *testing.T) {
	o := hub.Options{Limits: hub.Limits{Wire: wire.Limits{Queue: 20}}}
	virtually(t, o, func(b *bench) {
		var slow []*raw
		for i := range 15 {
			r := b.dial("parley.hub.v1")
			r.send(fmt.Sprintf(`{"type":"identify","name":"slow%d"}`, i))
			slow = append(slow, r)
			synctest.Wait()
		}
		for i := range 10 { // each tells fifteen of a coming and a going
			r := b.member(fmt.Sprintf("quick%d", i))
			_ = r.ws.Close()
			synctest.Wait()
		}
		_, _, presence := b.join(`{"type":"identify","name":"anna"}`)
		if here := presence["here"].([]any); len(here) != 0 {
			b.Errorf("here %v", here)
		}
		for _, r := range slow {
			r.listen()
		}
	})
}

func TestLimit_Full(t *testing.T) {
	virtually(t, hub.Options{Limits: hub.Limits{Connections: 2}}, func(b *bench) {
		anna := b.member("anna")
		b.member("bert")
		anna.next("came")
		b.connect().refused("full", 4407)
		_ = anna.ws.Close()
		synctest.Wait()
		b.member("carl")
	})
}

func TestLimit_FullBeyondTelling(t *testing.T) {
	virtually(t, hub.Options{Limits: hub.Limits{Connections: 1}}, func(b *bench) {
		for range 65 {
			b.dial("parley.hub.v1") // and none reads that it is full
		}
		d := websocket.Dialer{NetDialContext: b.Dial}
		ws, response, err := d.DialContext(b.Context(), "ws://127.0.0.1/ws", nil)
		if response == nil {
			b.Fatalf("dial: %v", err)
		}
		_ = response.Body.Close()
		if err == nil {
			_ = ws.Close()
		}
		if response.StatusCode != 503 {
			b.Errorf("status %d", response.StatusCode)
		}
	})
}

func TestIdle_IsPingedAndDroppedWhenItDoesNotAnswer(t *testing.T) {
	virtually(t, hub.Options{}, func(b *bench) {
		anna := b.member("anna")
		dead := b.dial("parley.hub.v1")
		var pings atomic.Int32
		dead.ws.SetPingHandler(func(string) error {
			pings.Add(1)
			return nil
		})
		dead.listen()
		dead.send(`{"type":"identify","name":"dead"}`)
		anna.next("came")
		began := time.Now()
		anna.expect(`{"type":"gone","name":"dead"}`)
		if took := time.Since(began); took != 45*time.Second || pings.Load() != 2 {
			b.Errorf("dropped after %v and %d pings", took, pings.Load())
		}
		<-time.After(time.Hour)
		anna.expectNothing()
	})
}

func TestShutdown_SaysGoodbyeToEverybody(t *testing.T) {
	virtually(t, hub.Options{}, func(b *bench) {
		members := []*raw{b.member("anna"), b.connect()}
		deaf := b.dial("parley.hub.v1")
		deaf.send(`{"type":"identify","name":"deaf"}`)
		members[0].next("came")
		began := time.Now()
		b.stop()
		if took := time.Since(began); took > 3*time.Second {
			b.Errorf("stopping took %v", took)
		}
		for _, r := range members {
			r.expectEnd(1001, "")
		}
		_ = deaf.ws.Close()
		if _, err := b.Dial(b.Context(), "", ""); err == nil {
			b.Error("a stopped hub takes connections")
		}
	})
}

func TestServe_TellsWhyItCannot(t *testing.T) {
	l := hub.Nowhere()
	_ = l.Close()
	h, err := hub.New(hub.Options{Listener: l})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Serve(context.Background()); err == nil {
		t.Error("Serve returned nil")
	}
}
