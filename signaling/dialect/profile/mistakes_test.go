package profile_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"parley/signaling/dialect/profile"
)

// good is a profile of which the mistakes are made.
const good = `name = "good"
title = { en = "Good", zh = "好" }
port = 8080
[param.name]
label = "Your number"
required = true
[channel.main]
kind = "ws"
query = { id = "${self}" }
[channel.api]
kind = "http"
[channel.io]
kind = "socketio"
[[identify]]
frame = { type = "login", id = "${self}" }
expect = { match = { type = "welcome" }, capture = { token = "token" } }
[peers]
kind = "person"
self = "${param.name|int}"
[kinds]
audio = "voice"
video = "video"
[flow]
offer = "with-invite"
[candidates]
gather = "1s"
[[timer]]
after = "5s"
repeat = true
frame = { type = "ping" }
[send.invite]
frame = { type = "call", to = "${to}", kind = "${call.kind}", sdp = "${sdp}" }
[send.answer]
frame = { type = "answer", to = "${to}", sdp = "${sdp}" }
[send.candidate]
frame = { type = "candidate", to = "${to}", candidate = "${candidate}" }
[send.bye]
frame = { type = "bye", to = "${to}" }
[send.decline]
same_as = "bye"
[[recv]]
match = { type = "call" }
do = "invite"
from = "from"
sdp = "sdp"
[[recv]]
match = { type = "answer" }
do = "answer"
sdp = "sdp"
[[recv]]
match = { type = "bye" }
do = "bye"
`

func TestParse_Good(t *testing.T) {
	if _, err := profile.Parse([]byte(good)); err != nil {
		t.Fatal(err)
	}
}

// problems parses good with some lines changed, and returns what is wrong.
func problems(t *testing.T, old, changed string) []string {
	t.Helper()
	if !strings.Contains(good, old) {
		t.Fatalf("%q is not in the good profile", old)
	}
	_, err := profile.Parse([]byte(strings.Replace(good, old, changed, 1)))
	var all profile.Problems
	if err != nil && !errors.As(err, &all) {
		t.Fatalf("%v is no Problems", err)
	}
	out := []string{}
	for _, p := range all {
		out = append(out, p.String())
	}
	return out
}

type mistake struct {
	old, changed string
	want         []string // the beginnings of what is reported
}

func check(t *testing.T, rows map[string]mistake) {
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			got := problems(t, row.old, row.changed)
			if !slices.EqualFunc(got, row.want, strings.HasPrefix) {
				t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(row.want, "\n\t"))
			}
		})
	}
}

const end = "match = { type = \"bye\" }\ndo = \"bye\"\n" // the last rule, line 51

func TestParse_FindsMistakesOfForm(t *testing.T) {
	check(t, map[string]mistake{
		"no TOML":          {"port = 8080", "port = ", []string{"3:8: no TOML: "}},
		"unfinished":       {end, "match = { type = \"bye\"\n", []string{"51:23: no TOML: "}},
		"unfinished text":  {end, "do = \"bye", []string{"51:10: no TOML: "}},
		"twice":            {"port = 8080", "port = 8080\nport = 1", []string{`4:1: "port" is there already`}},
		"table twice":      {"[candidates]", "[flow]", []string{`25:2: "flow" is there already`}},
		"table of a value": {"[candidates]\ngather = \"1s\"", "[port.x]", []string{`25:2: "port" is there already`}},
		"inline, again":    {"[channel.io]", "[title.x]\n[channel.io]", []string{`12:2: "title" is there already`}},
		"list and table":   {"[[timer]]", "[[flow]]", []string{`27:3: "flow" is there already`}},
		"nested":           {"port = 8080", "port = " + strings.Repeat("[", 30) + strings.Repeat("]", 30), []string{"3:32: nested deeper than 24"}},
		"dotted":           {"port = 8080", strings.Repeat("a.", 30) + "a = 1", []string{"3:1: nested deeper than 24"}},
		"unknown key":      {"port = 8080", "prot = 8080", []string{`3:1: unknown key "prot"; did you mean "port"?`}},
		"strange key":      {"port = 8080", "elephant = 8080", []string{`3:1: unknown key "elephant"; expected name, title, note, port, `}},
		"key below":        {"required = true", "requird = true", []string{`6:1: param.name: unknown key "requird"; did you mean "required"?`}},
		"key inline":       {"to = \"${to}\" }\n[send.decline]", "to = \"${to}\" }\nof = 1\n[send.decline]", []string{`39:1: send.bye: unknown key "of"; did you mean "ok"?`}},
		"number for text":  {`name = "good"`, `name = 7`, []string{"1:8: name: expected a text, not a whole number"}},
		"text for number":  {"port = 8080", `port = "8080"`, []string{"3:8: port: expected a whole number from 1 to 65535, not a text"}},
		"decimal":          {"port = 8080", "port = 80.5", []string{"3:8: port: expected a whole number from 1 to 65535, not a number"}},
		"range":            {"port = 8080", "port = 80800", []string{"3:8: port: 80800; expected a whole number from 1 to 65535"}},
		"octal":            {"port = 8080", "port = 08080", []string{"3:9: no TOML: "}},
		"huge":             {"port = 8080", "port = 99999999999999999999", []string{`3:8: "99999999999999999999" is no number`}},
		"no number":        {"port = 8080", "port = nan", []string{`3:8: "nan" is no number`}},
		"text for flag":    {"required = true", `required = "yes"`, []string{`6:12: param.name.required: expected true or false, not a text`}},
		"date":             {"port = 8080", "port = 2026-01-01", []string{"3:8: port: expected a whole number from 1 to 65535, not a date"}},
		"date in a frame":  {`frame = { type = "ping" }`, `frame = { type = [1, 2026-01-01] }`, []string{"30:22: timer[1].frame.type[2]: a date; JSON has none"}},
		"text for table":   {"[candidates]\ngather = \"1s\"", "[x]", []string{`25:2: unknown key "x"; expected name, `}},
		"scalar for table": {"port = 8080", "sdp = \"object\"", []string{"3:7: sdp: expected a table, not a text"}},
		"scalar for map":   {"[param.name]\nlabel = \"Your number\"\nrequired = true", "param = 1", []string{"4:9: param: expected a table, not a whole number"}},
		"table for list":   {"[[timer]]", "[timer]", []string{"27:2: timer: written as [timer]; expected [[timer]], as there can be several"}},
		"text for list":    {"[channel.api]", "subprotocols = \"a\"\n[channel.api]", []string{"10:16: channel.main.subprotocols: expected a list, not a text"}},
		"duration":         {`after = "5s"`, `after = "5"`, []string{`28:9: timer[1].after: "5"; expected a duration such as "5s" or "1500ms", from 100ms to 24h`}},
		"duration number":  {`after = "5s"`, `after = 5`, []string{`28:9: timer[1].after: expected a duration such as "5s" or "1500ms", from 100ms to 24h, not a whole number`}},
		"duration range":   {`gather = "1s"`, `gather = "1h"`, []string{`26:10: candidates.gather: "1h"; expected a duration such as "5s" or "1500ms", from 0s to 30s`}},
		"too fast":         {`after = "5s"`, `after = "500ms"`, []string{`28:9: timer[1].after: "500ms"; expected at least "1s" where it repeats`}},
		"word":             {`"with-invite"`, `"with_invite"`, []string{`24:9: flow.offer: unknown word "with_invite"; expected with-invite, after-accept, by-newcomer or by-member; did you mean "with-invite"?`}},
		"action":           {`do = "bye"`, `do = "hangup"`, []string{`52:6: recv[3].do: unknown word "hangup"; expected invite, ringing, `}},
		"message":          {"[send.bye]", "[send.goodbye]", []string{`37:7: send: unknown key "goodbye"; did you mean "bye"?`, `40:11: send.decline.same_as: no [send.bye]`}},
		"path":             {`from = "from"`, `from = "from..id"`, []string{`44:8: recv[1].from: "from..id" is no path; expected names and numbers between single dots`}},
		"path of a match":  {end, "match = { \"type.\" = 1 }\ndo = \"bye\"\n", []string{`51:11: recv[3].match: "type." is no path`}},
		"match of a text":  {end, "match = \"bye\"\ndo = \"bye\"\n", []string{`51:9: recv[3].match: expected conditions such as { type = "offer", "data.id" = { exists = true } }, not a text`}},
		"match of nothing": {end, "match = {}\ndo = \"bye\"\n", []string{`51:9: recv[3].match: no condition`}},
		"match of a table": {end, "match = { data.type = \"bye\" }\ndo = \"bye\"\n", []string{`51:11: recv[3].match.data: expected { exists = true } or { absent = true }; a path with dots is written in quotes, as "data.type"`}},
		"match of a list":  {end, "match = { type = [] }\ndo = \"bye\"\n", []string{`51:18: recv[3].match.type: expected at least one value`}},
		"match in a list":  {end, "match = { type = [\"a\", {}] }\ndo = \"bye\"\n", []string{`51:24: recv[3].match.type: expected a text, a number, true or false, not a table`}},
		"match of a date":  {end, "match = { type = 07:32:00 }\ndo = \"bye\"\n", []string{`51:18: recv[3].match.type: expected a text, a number, true or false, not a date`}},
		"exists = false":   {end, "match = { type = { exists = false } }\ndo = \"bye\"\n", []string{`51:29: recv[3].match.type: expected exists = true`}},
		"language":         {`title = { en = "Good", zh = "好" }`, `title = { en = "好", de = "Gut" }`, []string{`2:21: title: unknown language "de"; expected en or zh`}},
		"no English":       {`title = { en = "Good", zh = "好" }`, `title = { zh = 7 }`, []string{`2:9: title: "en" is missing`, `2:16: title.zh: expected a text, not a whole number`}},
		"number for title": {`title = { en = "Good", zh = "好" }`, `title = 7`, []string{`2:9: title: expected a text, or { en = "...", zh = "..." }, not a whole number`}},
		"parameter's name": {"[param.name]", "[param.\"a b\"]", []string{`4:8: param: the name "a b": expected at most 40 letters, digits, _ and -`}},
		"byte order mark":  {`name = "good"`, "\xef\xbb\xbfname = 7", []string{"1:8: name: "}},
		"nothing":          {good, "", []string{`1:1: "name" is missing`, `1:1: [channel] is missing`, `1:1: [peers] is missing`, `1:1: [flow] is missing`, `1:1: [send] is missing`, `1:1: [[recv]] is missing`}},
	})
}

func TestParse_FindsEveryMistakeAtOnce(t *testing.T) {
	text := strings.NewReplacer(`"good"`, `"Good"`, `"ws"`, `"wss"`, `"5s"`, `"soon"`, "${candidate}", "${cndidate}", `do = "bye"`, `do = "by"`).Replace(good)
	_, err := profile.Parse([]byte(text))
	want := []string{"1:8: name: ", "8:8: channel.main.kind: ", "28:9: timer[1].after: ", "34:1: ", "52:6: recv[3].do: "}
	want[3] = "36:58: send.candidate.frame.candidate: unknown variable ${cndidate}; did you mean ${candidate}?"
	got := strings.Split(err.Error(), "\n")
	if !slices.EqualFunc(got, want, strings.HasPrefix) {
		t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

func TestParse_ReportsNoMoreThanOneCanRead(t *testing.T) {
	_, err := profile.Parse([]byte(strings.Repeat("[[recv]]\nx = 1\n", 1000)))
	var all profile.Problems
	if !errors.As(err, &all) || len(all) != profile.MaxProblems {
		t.Errorf("%d problems", len(all))
	}
}

// TestParse_CountsNestingOutsideTextsAndComments takes what only looks nested.
func TestParse_CountsNestingOutsideTextsAndComments(t *testing.T) {
	brackets := strings.Repeat("[{", 40)
	text := "# " + brackets + " \" '\n" + strings.Replace(least, `{ type = "ring" }`+"\n[[recv]]", `{ a = "\"`+brackets+`\\", b = '`+brackets+`\', c = """
"`+brackets+`
""", d = '''
'`+brackets+`
''', e = [[1, []], [["x"]], [2.5], [true]] }`+"\n[[recv]]", 1) + "# " + brackets
	if _, err := profile.Parse([]byte(text)); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	for _, row := range []struct{ text, want string }{
		{"a = " + brackets, "1:29: nested"},
		{"a = \"\"\"" + brackets, "1:88: no TOML"},
		{"a = \"\n" + brackets, "2:25: nested"},
		{"name = [[1, 2], [[3]]]", "1:8: name: expected a text, not a list"},
		{"[channel.main]\nsubprotocols = [\"a\", [7], [[true]], [], 1979-05-27]", "2:23: channel.main.subprotocols[2]: expected a text, not a list\n2:29: channel.main.subprotocols[3]: "},
	} {
		if _, err := profile.Parse([]byte(row.text)); err == nil || !strings.Contains("\n"+err.Error(), "\n"+row.want) {
			t.Errorf("%s: %v", row.text, err)
		}
	}
}

func TestParse_ShortensWhatNobodyReads(t *testing.T) {
	_, err := profile.Parse([]byte("name = \"" + strings.Repeat("é", 1000) + "\""))
	if err == nil || len(err.Error()) > 700 || !strings.Contains(err.Error(), "é…\"; expected at most 40") {
		t.Errorf("got %v", err)
	}
}

func TestParse_KnowsOtherServersWords(t *testing.T) {
	for said, meant := range map[string]string{"hangup": "bye", "reject": "decline", "call": "invite", "ice-candidate": "candidate", "error": "fault", "joined": "came", "left": "gone"} {
		if got := problems(t, `do = "bye"`, `do = "`+said+`"`); len(got) == 0 || !strings.HasSuffix(got[0], `did you mean "`+meant+`"?`) {
			t.Errorf("%s: %q", said, got)
		}
	}
	if got := problems(t, `kind = "ws"`, `kind = "websocket"`); !strings.HasSuffix(got[0], `did you mean "ws"?`) {
		t.Errorf("got %q", got)
	}
	if got := problems(t, `kind = "socketio"`, `kind = "socket.io"`); !strings.HasSuffix(got[0], `did you mean "socketio"?`) {
		t.Errorf("got %q", got)
	}
}
