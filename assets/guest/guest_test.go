package guest_test

import (
	"bytes"
	"io/fs"
	"os/exec"
	"path"
	"regexp"
	"testing"

	"parley/assets/guest"
)

// TestModules runs the tests of the page's modules.
func TestModules(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "node", "--test").CombinedOutput()
	if err != nil {
		t.Fatalf("node --test: %v\n%s", err, out)
	}
	if !bytes.Contains(out, []byte("# fail 0")) {
		t.Errorf("node --test says nothing of failures:\n%s", out)
	}
}

// TestFiles checks that every file that the page asks for is there, and no more.
func TestFiles(t *testing.T) {
	wanted := map[string]bool{"index.html": true}
	follow(t, wanted, "index.html")
	entries, err := fs.ReadDir(guest.Files, ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !wanted[e.Name()] {
			t.Errorf("%s is embedded, but nothing asks for it", e.Name())
		}
		delete(wanted, e.Name())
	}
	for name := range wanted {
		t.Errorf("%s is asked for, but is not embedded", name)
	}
}

func follow(t *testing.T, wanted map[string]bool, name string) {
	t.Helper()
	text, err := fs.ReadFile(guest.Files, name)
	if err != nil {
		t.Error(err)
		return
	}
	link := regexp.MustCompile(`(?:(?:href|src)="/guest/|from '\./)([^"']+)["']`)
	for _, m := range link.FindAllSubmatch(text, -1) {
		if next := path.Clean(string(m[1])); !wanted[next] {
			wanted[next] = true
			follow(t, wanted, next)
		}
	}
}

// TestPolicy checks that the page keeps to a Content-Security-Policy of its own
// origin only: nothing inline, nothing from elsewhere.
func TestPolicy(t *testing.T) {
	text, err := fs.ReadFile(guest.Files, "index.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, forbidden := range []string{` style=`, `<style`, `<script>`, ` on\w+=`, `(?:href|src)="\w+:`, `url\(`} {
		if m := regexp.MustCompile(forbidden).Find(text); m != nil {
			t.Errorf("index.html has %q", m)
		}
	}
}
