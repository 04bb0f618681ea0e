package call_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"parley/call"
	"parley/call/calltest"
)

var update = flag.Bool("update", false, "rewrite what comes of the lines in testdata/*.txt")

// TestScenarios plays every script of testdata. To add one, write its lines
// (see calltest.Play), run with -update, and read what came of them.
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) { playFile(t, file) })
	}
}

func playFile(t *testing.T, file string) {
	t.Helper()
	script, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	played, err := calltest.Play(string(script), call.Step)
	if err != nil {
		t.Fatalf("%v\n%s", err, played)
	}
	if *update {
		if err := os.WriteFile(file, []byte(played), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if played != string(script) {
		t.Errorf("the machine behaves differently; run with -update and read the difference. Now:\n%s", played)
	}
}
