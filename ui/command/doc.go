// Package command carries out what the command line asks for beside calls: it
// lists, shows and checks profiles, looks at servers, and writes how the program
// ended as a sentence.
//
// It may import call/station, the packages of signaling/dialect, ui/control and
// assets/words.
package command
