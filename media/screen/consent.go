package screen

import "sync"

// Consent remembers what the user has allowed, so that the desktop does not ask
// again when the same is opened again. The zero Consent remembers nothing yet; a
// nil one never does. It may be used from any goroutine.
type Consent struct {
	mu    sync.Mutex
	given string
}

func (c *Consent) token() string {
	if c == nil {
		return ""
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.given
}

func (c *Consent) keep(token string) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.given = token
}
