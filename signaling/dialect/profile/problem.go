package profile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Problem is one mistake in a profile. Line and Column count from 1, columns in
// characters.
type Problem struct {
	Line, Column int
	Path         string // such as "recv[2].match"; lists count from 1; "" for the file
	Text         string // what is wrong and what was expected
}

// String returns "line:column: path: text".
func (p Problem) String() string {
	if p.Path == "" {
		return fmt.Sprintf("%d:%d: %s", p.Line, p.Column, p.Text)
	}
	return fmt.Sprintf("%d:%d: %s: %s", p.Line, p.Column, p.Path, p.Text)
}

// Problems is the error of Parse: every mistake that was found, by line and
// column, at most MaxProblems.
type Problems []Problem

// MaxProblems is how many mistakes are reported at once.
const MaxProblems = 100

// Error returns one mistake a line.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, one := range p {
		lines[i] = one.String()
	}
	return strings.Join(lines, "\n")
}

// found is a Problem whose place is not counted out yet.
type found struct {
	at         int // byte
	path, text string
}

// report collects mistakes.
type report struct {
	found  []found
	excess bool // something is too many to be looked at
}

// exceed reports one more than there may be.
func (r *report) exceed(at int, path string, limit int) {
	r.add(at, path, "more than %d", limit)
	r.excess = true
}

// full tells whether nothing more will be reported.
func (r *report) full() bool { return len(r.found) >= MaxProblems }

func (r *report) add(at int, path, format string, args ...any) {
	if r.full() {
		return
	}
	for i, arg := range args {
		if s, ok := arg.(string); ok {
			args[i] = clip(s)
		}
	}
	r.found = append(r.found, found{at, clip(path), fmt.Sprintf(format, args...)})
}

// clip shortens what nobody reads to its end.
func clip(s string) string {
	const most = 300 // bytes; the longest list of words has fewer
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// problems sorts what was collected and counts lines and columns; nil for none.
func (r *report) problems(text []byte) Problems {
	slices.SortStableFunc(r.found, func(a, b found) int { return cmp.Compare(a.at, b.at) })
	var out Problems
	line, start, scanned := 1, 0, 0
	for _, f := range slices.Compact(r.found) {
		for ; scanned < min(f.at, len(text)); scanned++ {
			if text[scanned] == '\n' {
				line, start = line+1, scanned+1
			}
		}
		out = append(out, Problem{line, utf8.RuneCount(text[start:scanned]) + 1, f.path, f.text})
	}
	return out
}
