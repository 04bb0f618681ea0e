package control

import (
	"context"

	"parley/call/session"
)

// sharing is the event that tells what is shown of the screen.
func sharing(now session.Sharing) event {
	return event{"event": "sharing", "on": now.On, "target": now.Target, "name": now.Name, "smooth": now.Smooth, "beside": now.Beside}
}

// offer answers with what can be shared. A display can take a while to say what
// is on it: other commands go on.
func (c *Console) offer(ctx context.Context, command command) bool {
	switch command.Do {
	case "shareables":
	default:
		return false
	}
	c.probes.Go(func() {
		var list []session.Shareable
		var err error
		if c.options.Shareables != nil {
			list, err = c.options.Shareables(ctx)
		}
		if err != nil {
			c.fail("shareFailed", c.options.Sentence(session.Notice{Code: "shareFailed", Err: err}))
			return
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.write(shareables(list))
	})
	return true
}

func shareables(list []session.Shareable) event {
	out := make([]event, len(list))
	for i, s := range list {
		out[i] = event{
			"id": s.ID, "kind": string(s.Kind), "title": s.Title, "width": s.Width, "height": s.Height, "default": s.Default,
		}
	}
	return event{"event": "shareables", "shareables": out}
}
