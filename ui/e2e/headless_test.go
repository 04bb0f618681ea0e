//go:build e2e

package e2e_test

import (
	"context"
	"path/filepath"
	"testing"

	"parley/ui/e2e/lab"
)

// quiet are the flags of a Parley that needs no devices and hears nothing. It
// uses its own hub if none is given.
func quiet(name, hub string) []string {
	flags := []string{"--camera", "pattern", "--microphone", "tone", "--speaker", "off", "--name", name}
	if hub != "" {
		flags = append(flags, "--server", hub)
	}
	return flags
}

// TestCall_Headless lets two programs talk through a third.
func TestCall_Headless(t *testing.T) {
	ctx := bounded(t)
	hub := lab.NewHub(t, "127.0.0.1:0")
	heard := filepath.Join(t.TempDir(), "heard.wav")
	ann := lab.Headless(t, append(senses(heard), "--name", "ann", "--server", hub.URL)...)
	bob := lab.Headless(t, quiet("bob", hub.URL)...)
	ann.Sees(ctx, "bob")
	bob.Sees(ctx, "ann")

	bob.Do("call", "to", "ann", "kind", "video")
	ring := ann.Phase(ctx, "ringing")
	if ring.Text("peer") != "bob" || ring.Text("kind") != "video" {
		t.Errorf("it rings for %v", ring)
	}
	bob.Next(ctx, "phase", func(e lab.Event) bool { return e["alerted"] == true })
	ann.Do("accept")
	for _, p := range []*lab.Parley{ann, bob} {
		p.Phase(ctx, "active")
		first := p.Next(ctx, "firstFrame", func(e lab.Event) bool { return e.Text("kind") == "video" })
		t.Logf("first frame %v ms after the accept", first["sinceAcceptMs"])
		shows(t, ctx, p, parleyCamera())
		if dropped := p.Ask(ctx, "stats").Number("outbound.video.framesDropped"); dropped > 3 {
			t.Errorf("the encoder dropped %v frames", dropped)
		}
	}

	bob.Do("mute", "kind", "audio", "on", true)
	bob.Next(ctx, "muted", nil)
	ann.Until(ctx, "stats", func(e lab.Event) bool { return e.Number("inbound.audio.audioLevel") < 0.001 })
	ann.Do("hangup")
	if e := bob.Phase(ctx, "idle"); e.Text("reason") != "remoteHangup" {
		t.Errorf("bob's call ended with %q", e.Text("reason"))
	}
	if e := ann.Phase(ctx, "idle"); e.Text("reason") != "localHangup" {
		t.Errorf("ann's call ended with %q", e.Text("reason"))
	}
	ann.Quit(ctx)
	bob.Quit(ctx)
	listened(t, heard, parleyHertz)
}

// TestCall_Outcomes takes two programs through every way not to talk.
func TestCall_Outcomes(t *testing.T) {
	ctx := bounded(t)
	hub := lab.NewHub(t, "127.0.0.1:0")
	ann := lab.Headless(t, quiet("ann", hub.URL)...)
	bob := lab.Headless(t, quiet("bob", hub.URL)...)
	eve := lab.Headless(t, quiet("eve", hub.URL)...)
	for _, p := range []*lab.Parley{ann, bob, eve} {
		p.Next(ctx, "ready", nil)
	}
	ended := func(p *lab.Parley, reason string) {
		t.Helper()
		if e := p.Phase(ctx, "idle"); e.Text("reason") != reason {
			t.Errorf("the call ended with %q, want %q", e.Text("reason"), reason)
		}
	}

	ann.Do("call", "to", "bob")
	bob.Phase(ctx, "ringing")
	bob.Do("reject", "text", "In a meeting")
	if e := ann.Phase(ctx, "idle"); e.Text("reason") != "declined" || e.Text("text") != "In a meeting" {
		t.Errorf("declined: %v", e)
	}
	ended(bob, "rejected")

	ann.Do("call", "to", "bob", "kind", "audio")
	bob.Phase(ctx, "ringing")
	ann.Do("hangup")
	ended(ann, "withdrawn")
	ended(bob, "missed")

	ann.Do("call", "to", "nobody")
	ended(ann, "unreachable")

	ann.Do("call", "to", "bob")
	bob.Phase(ctx, "ringing")
	eve.Do("call", "to", "bob")
	ended(eve, "busy")
	bob.Do("accept", "kind", "audio")
	for _, p := range []*lab.Parley{ann, bob} {
		if e := p.Phase(ctx, "active"); e.Text("kind") != "audio" {
			t.Errorf("the call is of kind %q, though it was answered with sound only", e.Text("kind"))
		}
	}
	bob.Do("hangup")
	ended(ann, "remoteHangup")
	ended(bob, "localHangup")

	// Both ring at the same moment: one call comes of it, whoever wins.
	ann.Do("call", "to", "bob")
	bob.Do("call", "to", "ann")
	a := oneCall(t, ctx, ann)
	b := oneCall(t, ctx, bob)
	if a != b {
		t.Errorf("they are in the calls %q and %q", a, b)
	}
	ann.Do("hangup")
	ended(bob, "remoteHangup")
	ended(ann, "localHangup")
}

// oneCall waits until a call is active, accepting one that rings.
func oneCall(t *testing.T, ctx context.Context, p *lab.Parley) (id string) {
	t.Helper()
	for {
		e := p.Next(ctx, "phase", func(e lab.Event) bool { return e.Text("phase") == "active" || e.Text("phase") == "ringing" })
		if e.Text("phase") == "active" {
			return e.Text("call")
		}
		p.Do("accept")
	}
}

// Of a hundred calls.
const (
	calls     = 100
	warmUp    = 20      // until caches and pools have their size
	moreBytes = 8 << 20 // that the memory may wander
)

// TestCall_Hundred makes a hundred calls in a row, of which nothing stays.
func TestCall_Hundred(t *testing.T) {
	ctx := bounded(t)
	hub := lab.NewHub(t, "127.0.0.1:0")
	ann := lab.Headless(t, quiet("ann", hub.URL)...)
	bob := lab.Headless(t, append(quiet("bob", hub.URL), "--auto-answer")...)
	ann.Sees(ctx, "bob")
	both := []*lab.Parley{ann, bob}
	var before [2]usage
	for i := range calls {
		if i == warmUp {
			for j, p := range both {
				before[j] = resting(t, ctx, p)
			}
		}
		ann.Do("call", "to", "bob")
		for _, p := range both {
			p.Next(ctx, "firstFrame", func(e lab.Event) bool { return e.Text("kind") == "video" })
		}
		both[i%2].Do("hangup")
		for _, p := range both {
			p.Phase(ctx, "idle")
		}
	}
	for j, p := range both {
		after := resting(t, ctx, p)
		t.Logf("before %+v, after %+v", before[j], after)
		if after.goroutines > before[j].goroutines || after.fds > before[j].fds {
			t.Errorf("something stays of %d calls: %+v, then %+v", calls-warmUp, before[j], after)
		}
		if after.rss > before[j].rss+moreBytes {
			t.Errorf("memory grew from %.0f to %.0f bytes", before[j].rss, after.rss)
		}
	}
}

// usage is what a process holds.
type usage struct{ goroutines, fds, rss float64 }

// resting waits until a program's goroutines and files stay the same, and tells them.
func resting(t *testing.T, ctx context.Context, p *lab.Parley) usage {
	t.Helper()
	var last usage
	same := 0
	p.Until(ctx, "stats", func(e lab.Event) bool {
		now := usage{e.Number("process.goroutines"), e.Number("process.fds"), e.Number("process.rss")}
		if now.goroutines == last.goroutines && now.fds == last.fds {
			same++
		} else {
			same = 0
		}
		last = now
		return same == 5
	})
	return last
}
