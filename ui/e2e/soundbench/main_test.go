//go:build e2e

package soundbench

import (
	"os"
	"testing"

	"parley/ui/e2e/bench/table"
)

var results table.Table //nolint:gochecknoglobals // printed once, by TestMain

func TestMain(m *testing.M) {
	os.Exit(results.Run(m)) //nolint:forbidigo // the end of a test binary
}
