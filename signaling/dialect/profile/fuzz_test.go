package profile_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"parley/signaling/dialect/profile"
)

// FuzzParse proves that whatever a file holds, it is a profile that can be asked
// everything, or its mistakes stand in order, in the file.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{least, most, good, "[[recv", "a.b = [1, {c = 'x'}]\n[a]\n", "\"\\u00e9\" = 1979-05-27T07:32:00Z\n", "x = '''\n'''\n#\r\n"} {
		f.Add([]byte(seed))
	}
	files, err := filepath.Glob("../profiles/*.toml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := profile.Parse(text)
		if err == nil {
			if p.Name == "" || p.Channels[profile.Main].Kind == "" || len(p.Recv) == 0 {
				t.Fatalf("taken: %+v", p)
			}
			_, _, _ = p.Capabilities(), p.Habits(), p.Lacks()
			return
		}
		var all profile.Problems
		if !errors.As(err, &all) || len(all) == 0 || len(all) > profile.MaxProblems {
			t.Fatalf("the error is %v", err)
		}
		lines := strings.Count(string(text), "\n") + 1
		for _, one := range all {
			if one.Line < 1 || one.Line > lines || one.Column < 1 || one.Column > len(text)+1 || one.Text == "" {
				t.Fatalf("%+v is not in the file", one)
			}
		}
		if !slices.IsSortedFunc(all, func(a, b profile.Problem) int {
			if a.Line != b.Line {
				return a.Line - b.Line
			}
			return a.Column - b.Column
		}) {
			t.Fatalf("out of order:\n%v", all)
		}
	})
}
