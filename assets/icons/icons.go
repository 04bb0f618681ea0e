// Package icons holds the program's own icons: one set on a grid of 24, lines of
// 1.8 with round ends, drawn in black so that the theme can colour them. It may
// import the standard library only.
package icons

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"
)

//go:embed svg/*.svg
var files embed.FS

// SVG returns the drawing of that name, black on nothing.
func SVG(name string) ([]byte, error) {
	b, err := files.ReadFile("svg/" + name + ".svg")
	if err != nil {
		return nil, fmt.Errorf("icon %q: %w", name, err)
	}
	return b, nil
}

// Names lists the icons there are, sorted.
func Names() []string {
	entries, err := fs.ReadDir(files, "svg")
	if err != nil {
		return nil
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".svg"))
	}
	return names
}
