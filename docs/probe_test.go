package docs_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"parley/assets/words"
	"parley/signaling/dialect/probe"
)

// Whatever is found out about a server, the user reads a sentence about it in
// their language, and there are no sentences about anything else.
func TestProbe_EveryCodeHasASentence(t *testing.T) {
	for _, language := range words.Languages() {
		text, err := os.ReadFile("../assets/words/" + string(language) + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var table map[string]any
		if err := json.Unmarshal(text, &table); err != nil {
			t.Fatal(err)
		}
		for _, code := range probe.Codes() {
			if !words.In(language).Has("probe." + code) {
				t.Errorf("%s has no sentence for %q", language, code)
			}
		}
		for key := range table {
			if code, ok := strings.CutPrefix(key, "probe."); ok && !slices.Contains(probe.Codes(), code) {
				t.Errorf("%s has %q, which nothing finds", language, key)
			}
		}
	}
}
