// Package docs_test keeps docs/architecture.md true.
package docs_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// room is one row of the table of packages.
type room struct {
	may     []string
	outside []string
	cgo     bool
}

func rooms(t *testing.T) map[string]room {
	t.Helper()
	text, err := os.ReadFile("architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]room{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 5 || !strings.HasPrefix(strings.TrimSpace(cells[0]), "`") {
			continue
		}
		name := strings.Trim(strings.TrimSpace(cells[0]), "`")
		out[name] = room{strings.Fields(cells[2]), strings.Fields(cells[3]), strings.TrimSpace(cells[4]) == "yes"}
	}
	return out
}

type pack struct {
	ImportPath string
	Imports    []string
	CgoFiles   []string
	GoFiles    []string
}

func packages(t *testing.T) []pack {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-e", "-json=ImportPath,Imports,CgoFiles,GoFiles", "parley/...")
	list.Env = append(os.Environ(), "CGO_ENABLED=1")
	list.Stderr = os.Stderr
	text, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	var out []pack
	for d := json.NewDecoder(strings.NewReader(string(text))); ; {
		var p pack
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return out
		} else if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
}

func TestArchitecture_ImportsFollowTheTable(t *testing.T) {
	table := rooms(t)
	roots := []string{"signaling", "call", "media"}
	seen := map[string]bool{}
	for _, p := range packages(t) {
		name, _ := strings.CutPrefix(p.ImportPath, "parley/")
		if p.ImportPath == "parley" || len(p.GoFiles)+len(p.CgoFiles) == 0 || strings.HasPrefix(name, "ui/e2e") {
			continue
		}
		seen[name] = true
		row, ok := table[name]
		if !ok {
			t.Errorf("%s has no row in architecture.md", name)
			continue
		}
		for _, i := range p.Imports {
			inside, ours := strings.CutPrefix(i, "parley/")
			switch {
			case ours && !slices.Contains(row.may, inside):
				t.Errorf("%s imports %s, which its row does not allow", name, inside)
			case i == "fyne.io/fyne/v2/app":
				t.Errorf("%s imports fyne's app; only main.go may", name)
			case !ours && slices.Contains(roots, name) && strings.Contains(strings.Split(i, "/")[0], "."):
				t.Errorf("root %s imports %s from outside the standard library", name, i)
			case strings.Contains(i, "fyne.io/") && !slices.Contains(row.outside, "fyne"):
				t.Errorf("%s imports %s, but its row names no fyne", name, i)
			}
		}
		if len(p.CgoFiles) > 0 && !row.cgo {
			t.Errorf("%s has cgo files, but its row does not say so", name)
		}
	}
	for name := range table {
		if !seen[name] {
			t.Errorf("architecture.md has a row for %s, which does not exist", name)
		}
	}
}

func TestArchitecture_PureRoomsDoNotReachC(t *testing.T) {
	table := rooms(t)
	imports := map[string][]string{}
	for _, p := range packages(t) {
		imports[strings.TrimPrefix(p.ImportPath, "parley/")] = p.Imports
	}
	var reaches func(name string) string
	reaches = func(name string) string {
		for _, i := range imports[name] {
			inside, ours := strings.CutPrefix(i, "parley/")
			if !ours {
				continue
			}
			if table[inside].cgo {
				return inside
			}
			if deep := reaches(inside); deep != "" {
				return deep
			}
		}
		return ""
	}
	for name, row := range table {
		if row.cgo {
			continue
		}
		if c := reaches(name); c != "" {
			t.Errorf("%s reaches %s, which needs C", name, c)
		}
	}
}
