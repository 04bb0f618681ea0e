// Package control drives a session by JSON lines instead of a window: commands
// come in, what changed goes out. It is the face of "parley headless", and can
// be worn beside the window. docs/control.md describes every line.
//
// It may import the roots, call/session and media/pattern.
package control
