package control_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// docs/control.md has every command and event that the code has, and no other.
func TestDocumentation_IsComplete(t *testing.T) {
	commands, events := spoken(t)
	text, err := os.ReadFile("../../docs/control.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "## Commands")
	first, rest, _ := strings.Cut(rest, "## Events")
	second, _, _ := strings.Cut(rest, "## Flags")
	for what, pair := range map[string][2][]string{"command": {commands, rows(first)}, "event": {events, rows(second)}} {
		for _, word := range pair[0] {
			if !slices.Contains(pair[1], word) {
				t.Errorf("the %s %q is not described", what, word)
			}
		}
		for _, word := range pair[1] {
			if !slices.Contains(pair[0], word) {
				t.Errorf("the %s %q does not exist", what, word)
			}
		}
	}
}

// rows are the words in the first cells of a table.
func rows(table string) (words []string) {
	quoted := regexp.MustCompile("`(\\w+)`")
	for line := range strings.Lines(table) {
		cell, _, _ := strings.Cut(strings.TrimPrefix(line, "|"), "|")
		if !strings.HasPrefix(line, "| `") || strings.HasPrefix(line, "| `do`") || strings.HasPrefix(line, "| `event`") {
			continue
		}
		for _, m := range quoted.FindAllStringSubmatch(cell, -1) {
			words = append(words, m[1])
		}
	}
	return words
}

// spoken collects the cases of the switches over a command's Do, and the values
// of "event" members. What only a window answers is not here.
func spoken(t *testing.T) (commands, events []string) {
	t.Helper()
	do, said := map[string]bool{"widgets": true}, map[string]bool{}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SwitchStmt:
				if tag, ok := n.Tag.(*ast.SelectorExpr); ok && tag.Sel.Name == "Do" {
					cases(n, do)
				}
			case *ast.KeyValueExpr:
				if word(n.Key) == "event" {
					said[word(n.Value)] = true
				}
			}
			return true
		})
	}
	return slices.Collect(maps.Keys(do)), slices.Collect(maps.Keys(said))
}

func cases(n *ast.SwitchStmt, into map[string]bool) {
	for _, c := range n.Body.List {
		for _, label := range c.(*ast.CaseClause).List {
			into[word(label)] = true
		}
	}
}

func word(n ast.Expr) string {
	if literal, ok := n.(*ast.BasicLit); ok {
		if s, err := strconv.Unquote(literal.Value); err == nil {
			return s
		}
	}
	return ""
}
