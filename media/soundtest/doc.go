// Package soundtest is what is behind a page on which microphone and speaker are
// tried: it records for some seconds, tells whether anything was heard, and plays
// it back; and it chimes.
//
// It imports the standard library and media only.
package soundtest
