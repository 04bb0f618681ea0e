//go:build e2e

package videobench

import (
	"context"
	"os"
	"testing"
	"time"

	"parley/ui/e2e/bench/table"
)

var results table.Table //nolint:gochecknoglobals // printed once, by TestMain

func TestMain(m *testing.M) {
	os.Exit(results.Run(m)) //nolint:forbidigo // the end of a test binary
}

// pass lets time go by: measuring is the one thing that takes time by itself.
func pass(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
