package foreign

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os/exec"
	"sync"
)

// longest is how long a line of a server's output can be: one frame.
const longest = 4 << 20

// process is a started server.
type process struct {
	cmd       *exec.Cmd
	listening chan []string
	exited    chan struct{} // closed when it is gone and all its output read

	mu  sync.Mutex
	log bytes.Buffer // of standard error
}

// launch starts cmd. Every line of its output but the first goes to heard.
func launch(cmd *exec.Cmd, heard func(line []byte)) (*process, error) {
	p := &process{cmd: cmd, listening: make(chan []string, 1), exited: make(chan struct{})}
	alone(cmd)
	cmd.Stderr = p
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("read its output: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go p.read(out, heard)
	return p, nil
}

func (p *process) read(out io.Reader, heard func([]byte)) {
	defer close(p.exited)
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, longest)
	for lines.Scan() {
		if ports, ok := listeningOn(lines.Bytes()); ok {
			p.listening <- ports
			continue
		}
		heard(lines.Bytes())
	}
	_ = p.cmd.Wait() // it is killed, or died and said why
}

// stop ends the process, its children too, and waits. It tells whether it had
// ended before.
func (p *process) stop() (died bool) {
	select {
	case <-p.exited:
		return true
	default:
	}
	end(p.cmd)
	<-p.exited
	return false
}

// Write keeps what comes on standard error.
func (p *process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.Write(b)
}

func (p *process) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.String()
}
