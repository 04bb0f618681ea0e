// Package screen decides what the window shows: Of turns a snapshot of the session
// and what the user is looking at into a Model of lists, texts and switches. It is
// pure: no input or output, no clock, no toolkit. It may import the roots (call,
// media, signaling), the types of call/session, the words and the standard library.
package screen
