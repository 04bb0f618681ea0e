//go:build e2e

package lab

import (
	"bufio"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// Hub is a running "parley hub".
type Hub struct {
	*Process
	URL string // for --server, such as "ws://127.0.0.1:43210"
}

// NewHub starts a hub; listen may be "127.0.0.1:0".
func NewHub(t testing.TB, listen string) *Hub {
	t.Helper()
	out, theirs, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = out.Close() }) // not before: the hub says more than one line
	cmd := exec.Command(Binary(t), "hub", "--listen", listen, "--data", t.TempDir())
	cmd.Stdout = theirs
	h := &Hub{Process: Start(t, cmd)}
	_ = theirs.Close() // ours; the program has its own
	if err := out.SetReadDeadline(time.Now().Add(starting)); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if url, found := strings.CutPrefix(lines.Text(), "hub: "); found {
			h.URL = url
			return h
		}
	}
	t.Fatal("the hub does not say where it is")
	return nil
}
