// Package guest holds the browser guest's page: plain modules that a hub serves
// to whoever opens an invite link. index.html is the page itself; it asks for
// the other files under /guest/. Nothing in it is generated or built.
//
// It imports the standard library only.
package guest

import "embed"

// Files holds index.html, the style sheet, the icon and the modules, at the root.
//
//go:embed index.html guest.css icon.svg *.js
var Files embed.FS
