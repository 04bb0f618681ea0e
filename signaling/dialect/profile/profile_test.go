package profile_test

import (
	"os"
	"path/filepath"
	"testing"

	"parley/signaling/dialect/profile"
)

func TestParse_Shipped(t *testing.T) {
	files, err := filepath.Glob("../profiles/*.toml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := profile.Parse(text); err != nil {
			t.Errorf("%s:\n%v", file, err)
		}
	}
}
