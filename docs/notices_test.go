package docs_test

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"parley/assets/words"
)

// Whatever part of the program notices something, the user reads a sentence
// about it in their language.
func TestNotices_EveryCodeHasASentence(t *testing.T) {
	code := regexp.MustCompile(`(?:Notice\{Code: |\bnotice\(|n\.Code = )"(\w+)"`)
	found := 0
	err := fs.WalkDir(os.DirFS(".."), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile("../" + path)
		if err != nil {
			return err
		}
		for _, m := range code.FindAllStringSubmatch(string(text), -1) {
			found++
			for _, language := range words.Languages() {
				if !words.In(language).Has("notice." + m[1]) {
					t.Errorf("%s notices %q, for which there is no sentence in %s", path, m[1], language)
				}
			}
		}
		return nil
	})
	if err != nil || found < 10 {
		t.Errorf("found %d codes: %v", found, err)
	}
}
