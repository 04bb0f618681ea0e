package main

import (
	"errors"
	"strings"

	"parley/assets/words"
	"parley/call/station"
)

// sentence is what the user reads of why the program ended: one line, with a
// remedy where there is one.
func sentence(w *words.Words, err error) string {
	var fault *station.Fault
	if errors.As(err, &fault) {
		return oneLine(w.Text(fault.Key, words.Args(fault.Args)))
	}
	var told userError
	if errors.As(err, &told) {
		return oneLine(string(told))
	}
	return oneLine(w.Text("start.failed", words.Args{"detail": station.Detail(err)}))
}

// userError is an error whose text is for the user as it is.
type userError string

// Error implements error.
func (e userError) Error() string { return string(e) }

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
