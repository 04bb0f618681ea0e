// Package widget holds the program's own widgets. They present: they know
// nothing of calls, take what they show as plain values, and tell what the
// user did by callbacks. It may import Fyne (not fyne/v2/app) and package look.
//
// Everything a person can act on is a Control with an id that never changes and
// a name in the user's language.
package widget
