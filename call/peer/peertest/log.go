package peertest

import (
	"io"
	"log/slog"
	"sync"
	"testing"
)

// Log returns a logger whose output a failed test shows.
func Log(t *testing.T) *slog.Logger {
	t.Helper()
	o := &output{to: t.Output()}
	t.Cleanup(o.end)
	return slog.New(slog.NewTextHandler(o, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// output drops what comes after the end of the test: pion's readers of streams
// end by themselves a moment after their connection, and say so.
type output struct {
	mu sync.Mutex
	to io.Writer // nil at the end
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.to == nil {
		return len(p), nil
	}
	return o.to.Write(p)
}

func (o *output) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.to = nil
}
