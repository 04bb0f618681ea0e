package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/assets/words"
	"parley/call/station"
	"parley/ui/command"
)

// What ends the program is one line for its user, without the names of packages.
func TestSentence(t *testing.T) {
	w := words.In(words.English)
	for _, err := range []error{
		run([]string{"--nope"}),
		run([]string{"headless", "--name", "a b"}),
		run([]string{"headless", "--hub", "nonsense"}),
		run([]string{"headless", "--data", "/dev/null/x"}),
		run([]string{"headless", "--data", t.TempDir(), "--speaker", "tone"}),
		run([]string{"hub", "--data", t.TempDir(), "--listen", "127.0.0.1:99999"}),
		run([]string{"hub", "--data", t.TempDir(), "--cert", "/nope", "--key", "/nope"}),
		run([]string{"hub", "--data", t.TempDir(), "--public-url", "foo"}),
		run([]string{"profiles", "check", "/nope"}),
		run([]string{"profiles", "show", "--data", t.TempDir(), "nope"}),
		fmt.Errorf("run: %w", &station.Fault{Key: "start.eventsUnread"}),
		errors.Join(errors.New("one"), errors.New("two")),
	} {
		check(t, w, err)
	}
}

func check(t *testing.T, w *words.Words, err error) string {
	t.Helper()
	if err == nil {
		t.Error("no error")
		return ""
	}
	got := command.Sentence(w, err)
	for _, internal := range []string{"station:", "hub:", "wire:", "dialect:", "listen tcp", "\n", "{", "%!", "start."} {
		if strings.Contains(got, internal) {
			t.Errorf("%q shows %q", got, internal)
		}
	}
	return got
}

// Each flag about a server that cannot be meant so is refused, with its remedy.
func TestServerFlags(t *testing.T) {
	notPEM := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(notPEM, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ flags, want string }{
		{"--server ftp://x", "wss://hub.example"},
		{"--server ws://", "wss://hub.example"},
		{"--room 1", "--room is about the server"},
		{"--profile hub", "--profile is about the server"},
		{"--param a=b", "--param is about the server"},
		{"--ca /x", "--ca is about the server"},
		{"--proxy socks5://x:1", "--proxy is about the server"},
		{"--fingerprint 12", "--fingerprint is about the server"},
		{"--server wss://x --fingerprint 12", "64 hexadecimal digits"},
		{"--server ws://x --fingerprint " + strings.Repeat("ab", 32), "wss://"},
		{"--server wss://x --ca /nope", "PEM"},
		{"--server wss://x --ca " + notPEM, "PEM"},
		{"--server wss://x --proxy gopher://x", "socks5://"},
		{"--server ws://x --profile hub --room 1", "leave out --room"},
		{"--server ws://x --profile hub --param a=b", "a: leave it out"},
		{"--server ws://x --profile room-w", "Did you mean room-ws?"},
		{"--server ws://x --profile nothing-like-it", "hub, "},
		{"--server ws://x --profile vue-av-call --room 1", "leave out --room"},
		{"--server ws://x --profile vue-av-call --param colour=red", "vue-av-call does not ask for colour"},
		{"--server ws://x --param nonsense", "parley --help"},
	}
	for _, tt := range tests {
		t.Run(tt.flags, func(t *testing.T) {
			err := run(append([]string{"headless", "--data", t.TempDir()}, strings.Fields(tt.flags)...))
			if got := check(t, words.In(words.English), err); !strings.Contains(got, tt.want) {
				t.Errorf("says %q, which has nothing of %q", got, tt.want)
			}
		})
	}
}
