package command

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"parley/assets/words"
	"parley/call/station"
)

// Doctor says in sentences whether this computer can hold a call.
type Doctor struct {
	Out      io.Writer
	Language words.Language
	Listen   bool // open the microphone, and tell whether it hears something
	JSON     bool // one object a line instead of sentences
}

// mark stands before the sentence of a finding.
func mark(g station.Grade) string {
	switch g {
	case station.Well:
		return "✓"
	case station.Poor:
		return "!"
	case station.Wrong:
	}
	return "✗"
}

// Examine examines what o asks for and writes what it finds. The error is ErrTold
// if calls will not work as they should.
func (d Doctor) Examine(ctx context.Context, o station.Options) error {
	found, err := station.Examine(ctx, o, d.Listen)
	if err != nil {
		return err
	}
	found = append(found, display())
	good := true
	for _, f := range found {
		good = good && f.Grade != station.Wrong
		if err := d.tell(f); err != nil {
			return fmt.Errorf("command: tell what was found: %w", err)
		}
	}
	return d.conclude(good)
}

// conclude writes the last line.
func (d Doctor) conclude(good bool) error {
	text := words.In(d.Language).Text("doctor.bad")
	if good {
		text = words.In(d.Language).Text("doctor.good")
	}
	if !d.JSON {
		_, _ = fmt.Fprintln(d.Out, text)
	}
	if !good {
		return ErrTold
	}
	return nil
}

// display examines whether a window can be opened; without one
// there is headless.
func display() station.Finding {
	if Display() != nil {
		return station.Finding{Grade: station.Poor, Key: "start.noDisplay"}
	}
	return station.Finding{Grade: station.Well, Key: "doctor.display"}
}

// line is a finding as JSON. Finding is the key of its sentence.
type line struct {
	Grade   station.Grade     `json:"grade"`
	Finding string            `json:"finding"`
	Text    string            `json:"text"`
	Args    map[string]string `json:"args,omitempty"`
	Detail  string            `json:"detail,omitempty"`
}

func (d Doctor) tell(f station.Finding) error {
	text := oneLine(words.In(d.Language).Text(f.Key, words.Args(f.Args)))
	if !d.JSON {
		_, err := fmt.Fprintln(d.Out, mark(f.Grade), text)
		return err
	}
	out := json.NewEncoder(d.Out)
	out.SetEscapeHTML(false)
	return out.Encode(line{Grade: f.Grade, Finding: f.Key, Text: text, Args: f.Args, Detail: station.Detail(f.Err)})
}
