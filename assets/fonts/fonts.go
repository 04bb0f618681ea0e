// Package fonts holds the program's one family, Parley Sans: a subset of Noto Sans
// CJK SC with Latin, Greek, Cyrillic and the common Chinese characters, so that
// the window looks the same on a system without any font. build.sh makes it;
// OFL.txt is its licence. It may import the standard library only.
package fonts

import _ "embed" // the fonts

//go:embed ParleySans-Regular.otf
var regular []byte

//go:embed ParleySans-Bold.otf
var bold []byte

// Regular returns the OpenType font of weight 400. It must not be changed.
func Regular() []byte { return regular }

// Bold returns the OpenType font of weight 700. It must not be changed.
func Bold() []byte { return bold }
