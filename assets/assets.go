// Package assets holds what is embedded into the program. Its parts are packages
// of their own: fonts, icons, words. It may import the standard library only.
package assets

import _ "embed" // the icon

//go:embed icon.png
var icon []byte

// Icon returns the program's icon, a PNG of 512 by 512. It must not be changed.
func Icon() []byte { return icon }
