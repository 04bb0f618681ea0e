package control

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"

	"parley/call"
	"parley/call/session"
)

// MaxLine is the longest command line in bytes. Longer ones are refused.
const MaxLine = 64 << 10

// badCommand is the code of errors that answer a line.
const badCommand = "badCommand"

// Options say what a Console talks to.
type Options struct {
	Out  io.Writer
	Post func(session.Input)
	Quit func() // called for {"do":"quit"}
	// Sentence turns a notice into what a person reads.
	Sentence func(session.Notice) string
	// Extra answers commands that the console does not know, such as those of
	// the window. It returns false for those it does not know either.
	Extra func(do string) (map[string]any, bool)
	// Servers adds and removes them; nil where that is not possible.
	Servers Servers
	// Measure adds the members of "process" to a stats event; nil adds none.
	Measure func() map[string]any
	// Levels are what the meters show, by the names of the members of a levels
	// event; nil: nothing.
	Levels func() map[string]Level
	// Shareables lists what can be shown of the screen; nil: nothing.
	Shareables func(context.Context) ([]session.Shareable, error)
	// Watch sees the remote pictures; nil: nobody does.
	Watch *Watch
}

// Console speaks the control protocol. Its methods may be called from any goroutine.
type Console struct {
	options Options
	probes  sync.WaitGroup

	mu     sync.Mutex // guards what follows, and keeps lines whole and in order
	latest session.Snapshot
	failed error
}

// New returns a console that has said nothing yet.
func New(o Options) *Console { return &Console{options: o} }

// Show says what changed since the last snapshot.
func (c *Console) Show(now session.Snapshot) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, e := range changes(c.latest, now, c.options.Sentence) {
		c.write(e)
	}
	c.latest = now
}

// Read carries out the commands that come from in until it ends, which is not
// an error: a session goes on without its input. It returns ctx's error when
// ctx is done first; a blocked in.Read is then left to whoever closes in.
func (c *Console) Read(ctx context.Context, in io.Reader) error {
	defer c.probes.Wait()
	lines := bufio.NewReaderSize(in, MaxLine)
	for {
		line, err := lines.ReadSlice('\n')
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			c.fail(badCommand, fmt.Sprintf("a line is longer than %d bytes: make it shorter", MaxLine))
			err = skip(lines)
			line = nil
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			c.do(ctx, line)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("control: read commands: %w", err)
		}
	}
}

// skip reads on to the end of a line that is too long.
func skip(lines *bufio.Reader) error {
	for {
		if _, err := lines.ReadSlice('\n'); !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}

func (c *Console) do(ctx context.Context, line []byte) {
	command, err := parse(line)
	if err != nil {
		c.fail(badCommand, err.Error())
		return
	}
	if c.ask(command) || c.arrange(ctx, command) || c.offer(ctx, command) {
		return
	}
	c.mu.Lock()
	now := c.latest
	c.mu.Unlock()
	input, err := command.input(now)
	if err != nil {
		c.fail(badCommand, err.Error())
		return
	}
	c.options.Post(input)
}

// ask answers the commands that change nothing in the session.
func (c *Console) ask(command command) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.latest
	switch command.Do {
	case "quit":
		c.options.Quit()
	case "stats":
		c.write(c.stats(now))
	case "presence":
		c.write(event{"event": "presence", "members": members(now.Roster)})
	case "devices":
		c.write(devices(now))
	case "sound":
		c.write(sound(now.Sound))
	case "levels":
		c.write(c.levels())
	case "contacts":
		c.write(contacts(now))
	case "servers":
		c.write(servers(now.Servers))
	case "history":
		c.write(history(now))
	default:
		return c.extra(command.Do)
	}
	return true
}

func (c *Console) extra(do string) bool {
	if c.options.Extra == nil {
		return false
	}
	e, known := c.options.Extra(do)
	if known {
		c.write(e)
	}
	return known
}

func (c *Console) stats(now session.Snapshot) event {
	e := event{"event": "stats", "phase": now.Call.Phase.String()}
	if now.Call.Live() {
		e["call"] = string(now.Call.ID)
		e["inbound"], e["outbound"], e["path"] = now.Stats.Inbound, now.Stats.Outbound, now.Stats.Path
	}
	if w := c.options.Watch; w != nil {
		if reading := w.reading(); reading != nil {
			e["pattern"] = reading
		}
	}
	if c.options.Measure != nil {
		e["process"] = c.options.Measure()
	}
	return e
}

func devices(now session.Snapshot) event {
	list := make([]event, len(now.Devices))
	for i, d := range now.Devices {
		list[i] = event{"kind": string(d.Kind), "id": d.ID, "name": d.Name, "default": d.Default}
	}
	return event{"event": "devices", "devices": list, "using": now.Using}
}

func contacts(now session.Snapshot) event {
	list := make([]event, len(now.Contacts))
	for i, k := range now.Contacts {
		list[i] = event{"name": k.Address.Name, "display": k.Name, "server": k.Address.Server, "starred": k.Starred}
	}
	return event{"event": "contacts", "contacts": list}
}

func history(now session.Snapshot) event {
	list := make([]event, len(now.History))
	for i, r := range now.History {
		list[i] = record(r)
	}
	return event{"event": "history", "calls": list}
}

func record(r call.Record) event {
	return event{
		"call": string(r.ID), "peer": r.Remote.Name, "server": r.Remote.Server, "name": r.Name, "role": r.Role.String(),
		"kind": r.Kind.String(), "started": r.Started, "answered": r.Answered, "durationMs": r.Duration.Milliseconds(),
		"reason": r.End.String(), "missed": r.Missed(), "seen": r.Seen,
	}
}

func (c *Console) fail(code, text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.write(problem(code, text))
}

// Err returns why lines could not be written, once they could not.
func (c *Console) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.failed
}

// write is called with mu held.
func (c *Console) write(e event) {
	line, err := json.Marshal(e)
	if err == nil {
		_, err = c.options.Out.Write(append(line, '\n'))
	}
	if err != nil && c.failed == nil {
		c.failed = fmt.Errorf("control: write event: %w", err)
	}
}
