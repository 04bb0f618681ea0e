package icons_test

import (
	"encoding/xml"
	"regexp"
	"strings"
	"testing"

	"parley/assets/icons"
)

func TestIconsAreOneSet(t *testing.T) {
	width := regexp.MustCompile(`stroke-width="([^"]*)"`)
	for _, name := range icons.Names() {
		svg, err := icons.SVG(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := xml.Unmarshal(svg, new(struct{})); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, w := range width.FindAllStringSubmatch(string(svg), -1) {
			if w[1] != "1.8" {
				t.Errorf("%s has lines of %s, want 1.8", name, w[1])
			}
		}
		if !strings.Contains(string(svg), `viewBox="0 0 24 24"`) {
			t.Errorf("%s is not on the grid of 24", name)
		}
	}
	if _, err := icons.SVG("none"); err == nil {
		t.Error("an icon that is not there gives no error")
	}
}
