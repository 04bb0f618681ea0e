// Package foreign starts signaling servers that are not ours, for tests: some
// are real ones from npm or Debian, some are imitations of what is only
// described, with all their faults. Each is servers/NAME.mjs and serves, on the
// same port, the page pages/NAME.html that its users have in their browsers.
//
// A page is held by window.rig: {state, start({name, room, ...}), call(to, kind),
// accept(), reject(), hangup(), log}; what the protocol lacks is undefined.
package foreign

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// starting is how long a server may take to listen, on a busy machine.
const starting = 60 * time.Second

// Server is a running server.
type Server struct {
	Address string // host:port of its page, and of all else unless WS says otherwise
	HTTP    string // URL of its page
	WS      string // URL of its WebSocket side

	t     testing.TB
	name  string
	args  []string
	ports []string

	mu      sync.Mutex
	running *process
	frames  []Frame
	earlier int           // connections before the last restart
	changed chan struct{} // closed, and made anew, when frames grow
}

// Frame is one thing that a client said.
type Frame struct {
	Client int    // its connection, counted from 1; 0 for HTTP
	Said   string // as it was sent; for Socket.IO {"event", "args"}, for HTTP {"method", "path", "body"}
	Gone   bool   // the connection ended
}

// Start starts a server on a port of its own and ends it with the test, which
// fails if the server dies by itself. Arguments are KEY=VALUE of that server.
func Start(t testing.TB, name string, args ...string) *Server {
	t.Helper()
	s := &Server{t: t, name: name, args: args, changed: make(chan struct{})}
	s.start("0")
	t.Cleanup(s.Stop)
	return s
}

// Stop ends the server, and so every connection to it.
func (s *Server) Stop() {
	s.mu.Lock()
	p := s.running
	s.running = nil
	s.mu.Unlock()
	if p == nil {
		return
	}
	if died := p.stop(); died {
		s.t.Errorf("the server %s died by itself:\n%s", s.name, p.said())
	}
}

// Restart ends the server, if it runs, and starts it where it was.
func (s *Server) Restart() {
	s.t.Helper()
	s.Stop()
	s.mu.Lock()
	for _, f := range s.frames {
		s.earlier = max(s.earlier, f.Client)
	}
	s.mu.Unlock()
	s.start(s.ports[0])
}

// Dies waits until the server has died by itself, which then is no failure.
func (s *Server) Dies(ctx context.Context) error {
	s.mu.Lock()
	p := s.running
	s.mu.Unlock()
	select {
	case <-p.exited:
	case <-ctx.Done():
		return fmt.Errorf("wait for the server's death: %w", ctx.Err())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = nil
	return nil
}

// Ports is where the server listens: first its page, then what it told.
func (s *Server) Ports() []string { return slices.Clone(s.ports) }

// Frames is everything that clients said until now, also before a restart.
func (s *Server) Frames() []Frame {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.frames)
}

// Until waits until what clients said fulfils a condition.
func (s *Server) Until(ctx context.Context, holds func([]Frame) bool) error {
	for {
		s.mu.Lock()
		frames, changed := slices.Clone(s.frames), s.changed
		s.mu.Unlock()
		if holds(frames) {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("wait for what clients of %s say: %w; the last was %v", s.name, ctx.Err(), last(frames))
		}
	}
}

func last(frames []Frame) []Frame { return frames[max(0, len(frames)-3):] }

// start starts the process and reads where it listens.
func (s *Server) start(port string) {
	s.t.Helper()
	root, err := folder()
	if err != nil {
		s.t.Fatal(err)
	}
	args := append([]string{filepath.Join("servers", s.name+".mjs"), port}, s.args...)
	if len(s.ports) > 1 {
		args = append(args, "port2="+s.ports[1])
	}
	cmd := exec.Command("node", args...)
	cmd.Dir = root
	p, err := launch(cmd, s.heard)
	if err != nil {
		s.t.Fatalf("start the server %s: %v", s.name, err)
	}
	select {
	case s.ports = <-p.listening:
	case <-p.exited:
		s.t.Fatalf("the server %s ended at once:\n%s", s.name, p.said())
	case <-time.After(starting):
		p.stop()
		s.t.Fatalf("the server %s does not listen:\n%s", s.name, p.said())
	}
	s.Address = "127.0.0.1:" + s.ports[0]
	s.HTTP = "http://" + s.Address
	s.WS = "ws://127.0.0.1:" + s.ports[len(s.ports)-1]
	s.mu.Lock()
	s.running = p
	s.mu.Unlock()
}

// folder is where the servers are. Tests run somewhere in the module.
func folder() (string, error) {
	at, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find the servers: %w", err)
	}
	for ; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
			break
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf("find the servers: %w", os.ErrNotExist)
		}
	}
	at = filepath.Join(at, "signaling", "signalingtest", "foreign")
	if _, err := os.Stat(filepath.Join(at, "node_modules", ".package-lock.json")); err != nil {
		return "", fmt.Errorf("the npm packages of the foreign servers are missing; run: make setup-test (%w)", err)
	}
	return at, nil
}

// heard takes a line of a server's output.
func (s *Server) heard(line []byte) {
	var f Frame
	if json.Unmarshal(line, &f) != nil {
		return // something that a library says
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.Client > 0 {
		f.Client += s.earlier
	}
	s.frames = append(s.frames, f)
	close(s.changed)
	s.changed = make(chan struct{})
}

// listeningOn is what a server's first line says.
func listeningOn(line []byte) ([]string, bool) {
	rest, ok := bytes.CutPrefix(line, []byte("listening "))
	return strings.Fields(string(rest)), ok
}
