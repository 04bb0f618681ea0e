// Package pipewire receives pictures of the screen from PipeWire, which is how
// Wayland's desktops deliver them. It needs C, for the macros in which the
// protocol is written; the library itself is looked for when it is needed, so
// that the program runs without it. It may import the standard library.
package pipewire
