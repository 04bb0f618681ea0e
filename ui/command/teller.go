package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"parley/assets/words"
	"parley/call/station"
	"parley/signaling/dialect/probe"
	"parley/signaling/dialect/profile"
)

// Teller answers questions about servers and their profiles, in words.
type Teller struct {
	Out      io.Writer
	Language words.Language
	Data     string // folder, as station.Options has it
}

// List writes every profile that can be spoken, one a line, and what is wrong
// with files of the data folder; then the error is ErrTold.
func (t Teller) List() error {
	known, bad, err := t.profiles()
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(t.Out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintf(w, "%s\t%s\n", station.HubProfile, words.In(t.Language).Text("profile.hub"))
	for _, p := range known {
		_, _ = fmt.Fprintf(w, "%s\t%s\n", p.Name, t.title(p))
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("command: list profiles: %w", err)
	}
	for _, b := range bad {
		_, _ = fmt.Fprintln(t.Out, b)
	}
	if len(bad) > 0 {
		return ErrTold
	}
	return nil
}

func (t Teller) profiles() ([]*profile.Profile, []error, error) {
	dir, err := station.DataFolder(t.Data)
	if err != nil {
		return nil, nil, err
	}
	known, bad := station.Profiles(dir)
	return known, bad, nil
}

// title is what a profile is called, and what it is for.
func (t Teller) title(p *profile.Profile) string {
	title := p.Title.In(string(t.Language))
	if note := p.Note.In(string(t.Language)); note != "" {
		title += ": " + note
	}
	return title
}

// Check writes every mistake of a profile as FILE:LINE:COLUMN: what, and then
// returns ErrTold; or what servers of a good one can do.
func (t Teller) Check(file string) error {
	text, err := profile.ReadFile(file)
	if err != nil {
		return &station.Fault{Key: "start.noFile", Args: map[string]string{"value": file, "detail": station.Detail(err)}, Err: err}
	}
	p, err := profile.Parse(text)
	var problems profile.Problems
	switch {
	case errors.As(err, &problems):
		for _, problem := range problems {
			_, _ = fmt.Fprintf(t.Out, "%s:%s\n", file, problem)
		}
		return ErrTold
	case err != nil:
		_, _ = fmt.Fprintf(t.Out, "%s: %v\n", file, err)
		return ErrTold
	}
	c := p.Capabilities()
	t.line("check.good", words.Args{"file": filepath.Base(file), "title": p.Title.In(string(t.Language)), "can": t.abilities(c.Names())})
	t.line("check.lacks", words.Args{"lacks": t.abilities(c.Lacks())})
	if c.Unproven {
		t.line("server.limit.unproven", nil)
	}
	return nil
}

// abilities lists what servers can do, in words. Links are the hub's own
// invention, and being believed is no ability.
func (t Teller) abilities(names []string) string {
	w := words.In(t.Language)
	var list []string
	for _, name := range names {
		if name != "inviteLinks" && name != "unproven" {
			list = append(list, w.Text("can."+name))
		}
	}
	return strings.Join(list, w.Text("check.and"))
}

// Show writes the text of a profile, to be read or changed.
func (t Teller) Show(name string) error {
	dir, err := station.DataFolder(t.Data)
	if err != nil {
		return err
	}
	text, err := station.ProfileText(dir, name)
	if err != nil {
		return err
	}
	_, err = t.Out.Write(text)
	return err
}

// Probe looks at what server is at an address, and writes what it finds. The
// error is ErrTold when there is nothing that could be used.
func (t Teller) Probe(ctx context.Context, address string) error {
	known, _, err := t.profiles()
	if err != nil {
		return err
	}
	report, err := probe.Run(ctx, probe.Options{Address: address, Profiles: known})
	for _, s := range Findings(words.In(t.Language), report) {
		_, _ = fmt.Fprintln(t.Out, s)
	}
	if err != nil || report.URL == "" {
		return ErrTold
	}
	return nil
}

// Findings are a report in sentences.
func Findings(w *words.Words, r probe.Report) []string {
	out := make([]string, len(r.Findings))
	for i, f := range r.Findings {
		out[i] = w.Text("probe."+f.Code, words.Args(f.Args))
	}
	return out
}

func (t Teller) line(key string, args words.Args) {
	_, _ = fmt.Fprintln(t.Out, words.In(t.Language).Text(key, args))
}
