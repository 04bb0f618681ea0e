package ui

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"parley/assets/icons"
)

// What names an icon in the sources: the constructors' arguments, and the two
// functions that return names.
var iconUses = []*regexp.Regexp{
	regexp.MustCompile(`NewIcon\("([a-z-]+)"`),
	regexp.MustCompile(`New(?:Icon|Round|Answer)?Button\("[^"]*"(?:\+[a-z.A-Z]+)?, "([a-z-]+)"`),
	regexp.MustCompile(`\.(?:Set|SetIcon|SetLeading)\("([a-z-]+)",`),
	regexp.MustCompile(`Icon: +"([a-z-]+)"`),
	regexp.MustCompile(`(?i)icon(?:, label)? :?= "([a-z-]+)"`),
	regexp.MustCompile(`\breturn "([a-z-]+)"`),
}

func TestEveryIconNamedInTheCodeExists(t *testing.T) {
	there := icons.Names()
	count := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		inside := strings.HasPrefix(path, "widget/") || !strings.Contains(path, "/")
		if err != nil || d.IsDir() || !inside || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, use := range iconUses {
			for _, found := range use.FindAllStringSubmatch(string(source), -1) {
				count++
				if !slices.Contains(there, found[1]) && found[1] != "" {
					t.Errorf("%s names the icon %q, which is not drawn", path, found[1])
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if count < 30 {
		t.Errorf("only %d uses of icons were found: the patterns are out of date", count)
	}
}
