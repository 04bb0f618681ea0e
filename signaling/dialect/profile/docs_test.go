package profile

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"parley/signaling/dialect/value"
)

const docsFile = "../../../docs/profiles.md"

func docs(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(docsFile)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// section returns what stands below a heading.
func section(t *testing.T, text, heading string) string {
	t.Helper()
	_, rest, ok := strings.Cut(text, "\n## "+heading+"\n")
	if !ok {
		t.Fatalf("no heading %q", heading)
	}
	out, _, _ := strings.Cut(rest, "\n## ")
	return out
}

func blocks(text string) []string {
	var out []string
	for _, found := range regexp.MustCompile("(?s)```toml\n(.*?)```").FindAllStringSubmatch(text, -1) {
		out = append(out, found[1])
	}
	return out
}

func TestDocs_WorkedExampleIsAWholeProfile(t *testing.T) {
	pieces := blocks(section(t, docs(t), "A worked example"))
	p, err := Parse([]byte(strings.Join(pieces, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	c := p.Capabilities()
	if len(pieces) < 6 || !c.Bye || !c.Decline || !c.Cancel || !c.Presence || !c.Kinds || c.OfferWithInvite || !slices.Equal(p.Lacks(), []string{"noRinging", "noBusy", "unproven"}) {
		t.Errorf("%d pieces; %+v; %q", len(pieces), c, p.Lacks())
	}
}

// TestDocs_EveryBlockIsRight completes fragments with what they leave out.
func TestDocs_EveryBlockIsRight(t *testing.T) {
	for _, block := range blocks(section(t, docs(t), "Where servers differ")) {
		text := block
		for _, part := range []struct{ header, body string }{
			{"[channel.main]", "kind = \"ws\"\n"},
			{"[peers]", "kind = \"person\"\nself = \"${param.name}\"\n"},
			{"[flow]", "offer = \"after-accept\"\n"},
			{"[send.bye]", "frame = {}\n"},
			{"[[recv]]", "match = { type = \"bye\" }\ndo = \"bye\"\n"},
		} {
			if strings.Contains(block, "${param.room}") && part.header == "[peers]" {
				part.body = "kind = \"room\"\n"
			}
			if strings.Contains(block, "event = ") && part.header == "[send.bye]" {
				part.body = "frame = { event = \"bye\" }\n"
			}
			if !strings.Contains(block, part.header) {
				text += part.header + "\n" + part.body
			}
		}
		if _, err := Parse([]byte("name = \"fragment\"\n" + text)); err != nil {
			t.Errorf("%s\n%v", block, err)
		}
	}
}

func TestDocs_NameEveryVariableAndFilter(t *testing.T) {
	text := docs(t)
	known := section(t, text, "Variables")
	for _, group := range [][]string{always(), ofSelf(), ofCall(), ofSDP(), ofCandidate(), {"param.KEY", "var.KEY", "call.KEY"}} {
		for _, name := range group {
			if !strings.Contains(known, "`${"+name+"}`") {
				t.Errorf("${%s} is not in the table", name)
			}
		}
	}
	for _, name := range value.Filters() {
		if !strings.Contains(known, "`${x\\|"+name) {
			t.Errorf("the filter %s is not in the table", name)
		}
	}
}

var marks = regexp.MustCompile(`(?s)(<!-- reference: .*? -->\n).*?(<!-- end of reference -->)`)

// TestDocs_ReferenceIsOfTheParsersGrammar keeps the tables of keys, words and
// messages equal to what the parser takes.
func TestDocs_ReferenceIsOfTheParsersGrammar(t *testing.T) {
	text := docs(t)
	if !marks.MatchString(text) {
		t.Fatal("no marks")
	}
	want := marks.ReplaceAllStringFunc(text, func(found string) string {
		around := marks.FindStringSubmatch(found)
		return around[1] + reference() + around[2]
	})
	if *update {
		if err := os.WriteFile(docsFile, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if text != want {
		t.Errorf("%s is not what the parser takes; run go test -update", docsFile)
	}
}

// reference writes the tables.
func reference() string {
	var b strings.Builder
	b.WriteString("\n## Keys\n\nA star marks what must be there.\n")
	root := grammar()
	tableOf(&b, "A profile", root.fields)
	for _, f := range root.fields {
		heading, shape := "`["+f.key+"]`", f.shape
		switch {
		case shape.form == formMap:
			heading, shape = "`["+f.key+".NAME]`", shape.of
		case shape.form == formList:
			heading, shape = "`[["+f.key+"]]`", shape.of
		case f.key == "send":
			wordsOf(&b, "`[send.MESSAGE]`: the messages", "Message", messages())
			heading, shape = "`[send.MESSAGE]`", shape.fields[0].shape
		}
		if shape.form == formTable {
			tableOf(&b, heading, shape.fields)
		}
		if f.key == "recv" {
			wordsOf(&b, "Actions of rules (`do`)", "Action", actions())
		}
	}
	tableOf(&b, "A frame in the long form", longShape().fields)
	return b.String() + "\n"
}

func tableOf(b *strings.Builder, heading string, fields []field) {
	fmt.Fprintf(b, "\n### %s\n\n| Key | Value | Without it | Meaning |\n|---|---|---|---|\n", heading)
	for _, f := range fields {
		star := ""
		if f.required {
			star = " *"
		}
		help := f.help
		if f.shape.form == formWord && len(f.shape.words) < 10 {
			for _, w := range f.shape.words {
				help += fmt.Sprintf("<br>`%s`: %s", w.name, w.help)
			}
		}
		fallback := f.fallback
		if strings.HasPrefix(fallback, `"`) || fallback == "true" || fallback == "false" || fallback == "0" || fallback == "4" {
			fallback = "`" + fallback + "`"
		}
		fmt.Fprintf(b, "| `%s`%s | %s | %s | %s |\n", f.key, star, kindOf(f.shape), fallback, help)
	}
}

func wordsOf(b *strings.Builder, heading, column string, words []word) {
	fmt.Fprintf(b, "\n### %s\n\n| %s | Meaning |\n|---|---|\n", heading, column)
	for _, w := range words {
		fmt.Fprintf(b, "| `%s` | %s |\n", w.name, w.help)
	}
}

func kindOf(s *shape) string {
	switch s.form {
	case formSentence:
		return "text, or `{ en, zh }`"
	case formWord:
		return "word"
	case formInteger:
		return fmt.Sprintf("%d to %d", s.low, s.high)
	case formFlag:
		return "true or false"
	case formDuration:
		return fmt.Sprintf("`%q` to `%q`", short(s.least), short(s.most))
	case formPath:
		return "path"
	case formAny:
		return "anything"
	case formTemplate:
		return "text with variables"
	case formMatch:
		return "conditions"
	case formTable:
		return "table"
	case formMap:
		return "table of " + kindOf(s.of) + " by name"
	case formList:
		return "list of " + kindOf(s.of)
	default:
		return "text"
	}
}
