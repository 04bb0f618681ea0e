package control

import (
	"context"
	"fmt"
	"slices"
)

// NewServer is a server that is to be added.
type NewServer struct {
	URL         string
	Profile     string // "": it is found out
	Name        string // what others ring there; "": our usual one
	Params      map[string]string
	Rooms       []string // to join
	Fingerprint string
}

// Servers adds and removes servers. The errors of its methods are sentences.
type Servers interface {
	Add(NewServer) error
	Remove(url string) error
	// Probe finds out what is at an address, and returns the members of the event
	// that tells.
	Probe(ctx context.Context, address string) (map[string]any, error)
}

// arrange does what is done about servers.
func (c *Console) arrange(ctx context.Context, command command) bool {
	do := map[string]func(Servers) error{
		"addServer":    func(s Servers) error { return s.Add(command.newServer()) },
		"removeServer": func(s Servers) error { return s.Remove(command.URL) },
		"probe":        func(s Servers) error { c.probe(ctx, s, command.URL); return nil },
	}[command.Do]
	if do == nil {
		return false
	}
	switch {
	case c.options.Servers == nil:
		c.fail(badCommand, "servers cannot be changed here")
	case command.URL == "":
		c.fail(badCommand, fmt.Sprintf("%v: %q needs a \"url\"", errUsage, command.Do))
	default:
		if err := do(c.options.Servers); err != nil {
			c.fail("badServer", err.Error())
		}
	}
	return true
}

func (c command) newServer() NewServer {
	n := NewServer{URL: c.URL, Profile: c.Profile, Name: c.Name, Params: c.Params, Rooms: slices.Clone(c.Rooms), Fingerprint: c.Fingerprint}
	if c.Room != "" {
		n.Rooms = append(n.Rooms, c.Room)
	}
	return n
}

// probe answers once it knows, which can take some seconds: other commands go on.
func (c *Console) probe(ctx context.Context, s Servers, url string) {
	c.probes.Go(func() {
		found, err := s.Probe(ctx, url)
		if err != nil {
			c.fail("badServer", err.Error())
			return
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.write(probed(url, found))
	})
}

func probed(asked string, found event) event {
	out := event{"event": "probe", "asked": asked}
	for name, value := range found {
		out[name] = value
	}
	return out
}
