package device

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// patient decides when it is worth connecting to PulseAudio (or PipeWire, which
// speaks its protocol) again. Every connection that fails costs 20 kB for ever,
// since miniaudio does not give back what libpulse made for it; so whether
// anybody listens is asked of the socket first.
type patient struct {
	failures  int
	last      time.Time // it failed
	after     time.Time // not before then
	listening bool      // somebody did last time
}

const (
	pulseRetryFirst  = 2 * time.Second
	pulseRetryAtMost = 10 * time.Minute
	pulseRetryUrgent = 15 * time.Second // the same while sound is in use
)

// now reports whether to connect now.
func (p *patient) now(at time.Time, listening, urgent bool) bool {
	if listening && !p.listening {
		p.failures = 0 // it has come up
	}
	p.listening = listening
	hurried := urgent && listening && at.Sub(p.last) >= pulseRetryUrgent
	return p.failures == 0 || hurried || !at.Before(p.after)
}

// tried takes note of how connecting ended.
func (p *patient) tried(at time.Time, err error) {
	if err == nil {
		p.failures = 0
		return
	}
	p.failures++
	wait := pulseRetryAtMost
	if p.listening && p.failures < 10 {
		wait = min(pulseRetryFirst<<p.failures, pulseRetryAtMost)
	}
	p.last, p.after = at, at.Add(wait)
}

// pulseListens reports whether somebody listens where libpulse would connect.
// Where that is not a socket of this machine it is taken for granted.
func pulseListens(getenv func(string) string) bool {
	paths, all := pulseSockets(getenv)
	if !all {
		return true
	}
	for _, path := range paths {
		if listens(path) {
			return true
		}
	}
	return false
}

func listens(path string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	c, err := new(net.Dialer).DialContext(ctx, "unix", path)
	if err != nil {
		return false
	}
	_ = c.Close() // nothing was said
	return true
}

// pulseSockets returns the sockets that libpulse would try, and whether these
// are all that it would try.
func pulseSockets(getenv func(string) string) (paths []string, all bool) {
	if servers := strings.Fields(getenv("PULSE_SERVER")); len(servers) > 0 {
		for _, s := range servers {
			if _, after, found := strings.Cut(s, "}"); found {
				s = after // the machine's id
			}
			path := strings.TrimPrefix(s, "unix:")
			if !filepath.IsAbs(path) {
				return nil, false
			}
			paths = append(paths, path)
		}
		return paths, true
	}
	if dir := getenv("PULSE_RUNTIME_PATH"); dir != "" {
		paths = append(paths, filepath.Join(dir, "native"))
	}
	if dir := getenv("XDG_RUNTIME_DIR"); dir != "" {
		paths = append(paths, filepath.Join(dir, "pulse", "native"))
	}
	if home, err := os.UserHomeDir(); err == nil {
		found, _ := filepath.Glob(filepath.Join(home, ".config", "pulse", "*-runtime", "native")) // the pattern is good
		paths = append(paths, found...)
	}
	return append(paths, "/run/pulse/native", "/var/run/pulse/native"), true
}
