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
	servers := c.options.Servers
	switch command.Do {
	case "addServer", "removeServer", "probe":
	default:
		return false
	}
	switch {
	case servers == nil:
		c.fail(badCommand, "servers cannot be changed here")
	case command.URL == "":
		c.fail(badCommand, fmt.Sprintf("%v: %q needs a \"url\"", errUsage, command.Do))
	case command.Do == "probe":
		c.probe(ctx, servers, command.URL)
	case command.Do == "addServer":
		c.refused(servers.Add(command.newServer()))
	default:
		c.refused(servers.Remove(command.URL))
	}
	return true
}

// refused tells why a server is not added or removed; err may be nil.
func (c *Console) refused(err error) {
	if err != nil {
		c.fail("badServer", err.Error())
	}
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
			c.refused(err)
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
