package command

import (
	"errors"
	"strings"

	"parley/assets/words"
	"parley/call/station"
)

// ErrTold ends a command that has said itself what is wrong.
var ErrTold = errors.New("command: the user was told")

// Told is an error whose text is for the user as it is.
type Told string

// Error returns the text.
func (t Told) Error() string { return string(t) }

// Sentence is what the user reads of why the program ended, or of what it could
// not do: one line, with a remedy where there is one.
func Sentence(w *words.Words, err error) string {
	var fault *station.Fault
	if errors.As(err, &fault) {
		return oneLine(w.Text(fault.Key, words.Args(fault.Args)))
	}
	var told Told
	if errors.As(err, &told) {
		return oneLine(string(told))
	}
	return oneLine(w.Text("start.failed", words.Args{"detail": station.Detail(err)}))
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
