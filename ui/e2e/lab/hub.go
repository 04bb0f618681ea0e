//go:build e2e

package lab

import (
	"bufio"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Hub starts "parley hub" on a port of its own and returns the URL that
// programs use, such as "ws://127.0.0.1:43210".
func Hub(t testing.TB, args ...string) (url string, hub *Process) {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(Binary(t), append([]string{"hub", "--listen", "127.0.0.1:0", "--data", t.TempDir()}, args...)...)
	cmd.Stdout = write
	hub = Start(t, cmd)
	_ = write.Close() // ours; the program has its own
	defer read.Close()
	for lines := bufio.NewScanner(read); lines.Scan(); {
		if url, found := strings.CutPrefix(lines.Text(), "hub: "); found {
			return url, hub
		}
	}
	t.Fatal("the hub ended before it said where it listens")
	return "", nil
}

// PID is the process's id.
func (p *Process) PID() int { return p.cmd.Process.Pid }
