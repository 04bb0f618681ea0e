package dialect_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"parley/signaling/dialect"
	"parley/signaling/dialect/profile"
)

func TestShipped_EveryFileIsAProfileOfItsName(t *testing.T) {
	files, err := filepath.Glob("profiles/*.toml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		p, err := profile.Parse(text)
		if err != nil {
			t.Errorf("%s:\n%v", file, err)
			continue
		}
		if name := strings.TrimSuffix(filepath.Base(file), ".toml"); p.Name != name {
			t.Errorf("%s is named %q", file, p.Name)
		}
		if found, ok := dialect.Find(p.Name); !ok || found.Name != p.Name {
			t.Errorf("Find(%q) = %v, %v", p.Name, found, ok)
		}
		if p.Title.In("zh") == p.Title.In("en") && p.Title["zh"] == "" || p.Note["zh"] == "" && p.Note["en"] != "" {
			t.Errorf("%s lacks a Chinese title or note", file)
		}
	}
	all := dialect.Shipped()
	if len(all) != len(files) || !slices.IsSortedFunc(all, func(a, b *profile.Profile) int { return strings.Compare(a.Name, b.Name) }) {
		t.Errorf("shipped are %d of %d, or out of order", len(all), len(files))
	}
	if _, ok := dialect.Find("no-such"); ok {
		t.Error("found what is not there")
	}
}

const tiny = `name = "NAME"
[channel.main]
kind = "ws"
[peers]
kind = "room"
[flow]
offer = "after-accept"
[send.invite]
frame = { type = "ring" }
[[recv]]
match = { type = "ring" }
do = "invite"
`

func TestLoad_NamesTheFilesThatAreWrong(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"b.toml":      strings.ReplaceAll(tiny, "NAME", "mine"),
		"a.toml":      strings.ReplaceAll(tiny, "NAME", "zebra"),
		"c.toml":      strings.ReplaceAll(tiny, "NAME", "mine"),
		"wrong.toml":  strings.ReplaceAll(tiny, "NAME", "Wrong") + "x = 1\n",
		"big.toml":    strings.Repeat("# much\n", profile.MaxFile),
		"notes.txt":   "nothing",
		"other.toml~": "nothing",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	profiles, failures := dialect.Load(dir)
	got := []string{}
	for _, p := range profiles {
		got = append(got, p.Name)
	}
	if !slices.Equal(got, []string{"mine", "zebra"}) {
		t.Errorf("profiles are %q", got)
	}
	for i, want := range []string{
		filepath.Join(dir, "big.toml") + ":1:1: the file has more than 262144 bytes",
		filepath.Join(dir, "c.toml") + ": " + filepath.Join(dir, "b.toml") + ` describes "mine" already`,
		filepath.Join(dir, "wrong.toml") + `:1:8: name: "Wrong"; expected`,
	} {
		if i >= len(failures) || !strings.HasPrefix(failures[i].Error(), want) {
			t.Fatalf("failures are %v; the next should begin with %q", failures, want)
		}
	}
	var problems profile.Problems
	if !errors.As(failures[2], &problems) || len(problems) != 2 || !strings.Contains(failures[2].Error(), "\n"+filepath.Join(dir, "wrong.toml")+":13:1: ") {
		t.Errorf("the last is %v", failures[2])
	}
}

func TestLoad_NoFolderHasNone(t *testing.T) {
	if profiles, failures := dialect.Load(filepath.Join(t.TempDir(), "none")); profiles != nil || failures != nil {
		t.Errorf("got %v, %v", profiles, failures)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, failures := dialect.Load(file); len(failures) != 1 {
		t.Errorf("got %v", failures)
	}
}
