package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"parley/assets/words"
	"parley/call/station"
)

// What ends the program is one line for its user, without the names of packages.
func TestSentence(t *testing.T) {
	w := words.In(words.English)
	for _, err := range []error{
		run([]string{"--nope"}),
		run([]string{"headless", "--room", "r"}),
		run([]string{"headless", "--server", "ftp://x"}),
		run([]string{"headless", "--name", "a b"}),
		run([]string{"headless", "--hub", "nonsense"}),
		run([]string{"headless", "--fingerprint", "12"}),
		run([]string{"headless", "--data", "/dev/null/x"}),
		run([]string{"headless", "--data", t.TempDir(), "--speaker", "tone"}),
		run([]string{"hub", "--data", t.TempDir(), "--listen", "127.0.0.1:99999"}),
		run([]string{"hub", "--data", t.TempDir(), "--cert", "/nope", "--key", "/nope"}),
		run([]string{"hub", "--data", t.TempDir(), "--public-url", "foo"}),
		fmt.Errorf("run: %w", &station.Fault{Key: "start.eventsUnread"}),
		errors.Join(errors.New("one"), errors.New("two")),
	} {
		if err == nil {
			t.Error("no error")
			continue
		}
		got := sentence(w, err)
		for _, internal := range []string{"station:", "hub:", "listen tcp", "\n", "{", "%!", "start."} {
			if strings.Contains(got, internal) {
				t.Errorf("%q shows %q", got, internal)
			}
		}
	}
}
