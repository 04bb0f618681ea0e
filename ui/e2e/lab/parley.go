//go:build e2e

package lab

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// Event is one line of the control protocol (docs/control.md).
type Event map[string]any

// Text returns a member that is text, or "", by its path: "outbound.video.codec".
func (e Event) Text(path string) string {
	s, _ := e.at(path).(string)
	return s
}

// Number returns a member that is a number, or 0, by its path: "process.fds".
func (e Event) Number(path string) float64 {
	n, _ := e.at(path).(float64)
	return n
}

func (e Event) at(path string) any {
	var at any = map[string]any(e)
	for name := range strings.SplitSeq(path, ".") {
		object, _ := at.(map[string]any)
		at = object[name]
	}
	return at
}

// Parley is a running Parley that speaks the control protocol.
type Parley struct {
	*Process
	t  testing.TB
	in io.Writer

	mu     sync.Mutex
	events []Event       // not yet taken
	seen   []string      // the last lines, for failures
	more   chan struct{} // closed and renewed when events grow
	ended  bool
}

// Binary is the program under test: the one in PARLEY, or the one that "make
// build" leaves at the root.
func Binary(t testing.TB) string {
	t.Helper()
	path := os.Getenv("PARLEY")
	if path == "" {
		path = "../../parley"
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(absolute); err != nil {
		t.Fatalf("the program to test is not built: %v; run make build", err)
	}
	return absolute
}

// Headless starts "parley headless" with a folder of its own for its data.
func Headless(t testing.TB, args ...string) *Parley {
	t.Helper()
	return control(t, headless(t, args))
}

func headless(t testing.TB, args []string) *exec.Cmd {
	t.Helper()
	return exec.Command(Binary(t), append([]string{"headless", "--data", t.TempDir()}, args...)...)
}

// control starts a program that speaks the control protocol.
func control(t testing.TB, cmd *exec.Cmd) *Parley {
	t.Helper()
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, out2, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout = out2
	p := &Parley{t: t, in: in, more: make(chan struct{})}
	p.Process = Start(t, cmd)
	_ = out2.Close() // ours; the program has its own
	read := make(chan struct{})
	go func() {
		defer close(read)
		p.read(out)
	}()
	t.Cleanup(func() {
		p.Stop()
		<-read
		if t.Failed() {
			t.Logf("its last events:\n%s", strings.Join(p.seen, "\n"))
		}
	})
	return p
}

// What is kept of what the program said.
const (
	seenLines = 30
	seenWidth = 400
)

func (p *Parley) read(out io.ReadCloser) {
	defer out.Close()
	for lines := bufio.NewScanner(out); lines.Scan(); {
		var e Event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			e = Event{"event": "nonsense", "text": lines.Text()}
		}
		p.mu.Lock()
		p.events = append(p.events, e)
		if kind := e.Text("event"); kind != "widgets" && kind != "stats" { // they are asked for all the time
			p.seen = append(p.seen, lines.Text()[:min(len(lines.Text()), seenWidth)])
		}
		p.seen = p.seen[max(0, len(p.seen)-seenLines):]
		close(p.more)
		p.more = make(chan struct{})
		p.mu.Unlock()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	close(p.more)
}

// Do gives a command: its name, then members and their values in turn.
func (p *Parley) Do(name string, members ...any) {
	p.t.Helper()
	command := map[string]any{"do": name}
	for i := 0; i < len(members); i += 2 {
		command[members[i].(string)] = members[i+1]
	}
	line, err := json.Marshal(command)
	if err != nil {
		p.t.Fatal(err)
	}
	p.Line(string(line))
}

// Line writes a line as it is.
func (p *Parley) Line(line string) {
	p.t.Helper()
	if _, err := io.WriteString(p.in, line+"\n"); err != nil {
		p.t.Fatalf("write to the program: %v", err)
	}
}

// Next waits for the next event of this kind that matches, and takes it and all
// before it. match may be nil.
func (p *Parley) Next(ctx context.Context, kind string, match func(Event) bool) Event {
	p.t.Helper()
	for {
		e, more, ended := p.take(kind, match)
		switch {
		case e != nil:
			return e
		case ended:
			p.t.Fatalf("the program ended while %q was awaited", kind)
		}
		select {
		case <-more:
		case <-ctx.Done():
			p.t.Fatalf("no %q came", kind)
		}
	}
}

func (p *Parley) take(kind string, match func(Event) bool) (e Event, more <-chan struct{}, ended bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.events) > 0 {
		e, p.events = p.events[0], p.events[1:]
		if e.Text("event") == kind && (match == nil || match(e)) {
			return e, nil, false
		}
	}
	return nil, p.more, p.ended
}

// Phase waits for a phase of the call.
func (p *Parley) Phase(ctx context.Context, phase string) Event {
	p.t.Helper()
	return p.Next(ctx, "phase", func(e Event) bool { return e.Text("phase") == phase })
}

// Ask gives a command that is answered by the event of its name.
func (p *Parley) Ask(ctx context.Context, name string) Event {
	p.t.Helper()
	p.Do(name)
	return p.Next(ctx, name, nil)
}

// Until asks again and again until the answer matches, and returns it.
func (p *Parley) Until(ctx context.Context, name string, match func(Event) bool) Event {
	p.t.Helper()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		e := p.Ask(ctx, name)
		if match(e) {
			return e
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			p.t.Fatalf("the answer to %q never was as it should: %v", name, e)
		}
	}
}

// Sees waits until somebody of this name is here.
func (p *Parley) Sees(ctx context.Context, name string) {
	p.t.Helper()
	p.Next(ctx, "presence", func(e Event) bool {
		members, _ := e["members"].([]any)
		for _, m := range members {
			if member, _ := m.(map[string]any); member["name"] == name {
				return true
			}
		}
		return false
	})
}

// Quit ends the program as its user would and fails the test if it ends badly.
func (p *Parley) Quit(ctx context.Context) {
	p.t.Helper()
	p.Do("quit")
	select {
	case <-p.Exited:
		if err := p.Err(); err != nil {
			p.t.Errorf("the program ended with %v", err)
		}
	case <-ctx.Done():
		p.t.Error("the program does not quit")
	}
}
