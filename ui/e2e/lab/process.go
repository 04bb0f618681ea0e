//go:build e2e

package lab

import (
	"bytes"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"
)

// closing is how long a process may take to end by itself.
const closing = 5 * time.Second

// Process is a started program in a process group of its own.
type Process struct {
	Exited <-chan struct{} // closed once the process is gone
	cmd    *exec.Cmd
	log    *tail
	err    error // of Wait; to be read once Exited is closed
}

// Start starts cmd, keeps the end of its standard error, and ends it and its
// children with the test.
func Start(t testing.TB, cmd *exec.Cmd) *Process {
	t.Helper()
	p := &Process{cmd: cmd, log: &tail{}}
	cmd.Stderr = p.log
	cmd.WaitDelay = closing
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", cmd.Path, err)
	}
	exited := make(chan struct{})
	p.Exited = exited
	go func() {
		defer close(exited)
		p.err = cmd.Wait()
	}()
	t.Cleanup(func() {
		p.Stop()
		if t.Failed() {
			t.Logf("%s said at the end:\n%s", cmd.Path, p.log)
		}
	})
	return p
}

// Stop asks the process to end, insists if it does not, and waits.
func (p *Process) Stop() {
	p.signal(syscall.SIGTERM)
	select {
	case <-p.Exited:
	case <-time.After(closing):
	}
	p.Kill()
}

// Kill ends the process and its children at once, and waits.
func (p *Process) Kill() {
	p.signal(syscall.SIGKILL)
	<-p.Exited
}

// PID is the process's id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Err is how the process ended. It waits for that.
func (p *Process) Err() error {
	<-p.Exited
	return p.err
}

// Log is the end of what the process wrote to standard error.
func (p *Process) Log() string { return p.log.String() }

func (p *Process) signal(s syscall.Signal) {
	_ = syscall.Kill(-p.cmd.Process.Pid, s) // gone already is as good
}

// tail keeps the last bytes that were written to it.
type tail struct {
	mu   sync.Mutex
	text bytes.Buffer
}

const tailSize = 16 << 10

func (l *tail) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Write(p)
	if surplus := l.text.Len() - tailSize; surplus > 0 {
		l.text.Next(surplus)
	}
	return len(p), nil
}

func (l *tail) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
