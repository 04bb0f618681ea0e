package profile

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"testing"

	"github.com/pelletier/go-toml/v2"
)

var update = flag.Bool("update", false, "write docs/profile.schema.json and the reference of docs/profiles.md anew")

const schemaFile = "../../../docs/profile.schema.json"

type object = map[string]any

// schemaWriter makes a JSON Schema (draft 2020-12) of shapes.
type schemaWriter struct{ named object }

func (w schemaWriter) of(s *shape) object {
	if s.name != "" {
		return w.define(s.name, func() object { return w.body(s) })
	}
	return w.body(s)
}

func (w schemaWriter) define(name string, body func() object) object {
	if w.named[name] == nil {
		w.named[name] = object{} // in case it holds itself
		w.named[name] = body()
	}
	return object{"$ref": "#/$defs/" + name}
}

func (w schemaWriter) body(s *shape) object {
	switch s.form {
	case formText, formTemplate, formPath:
		out := object{"type": "string"}
		if s.pattern != "" {
			out["pattern"] = s.pattern
		}
		return out
	case formSentence:
		return w.define("sentence", func() object {
			texts := object{}
			for _, l := range languages {
				texts[l] = object{"type": "string"}
			}
			return object{"oneOf": []any{object{"type": "string"}, object{"type": "object", "properties": texts, "required": []any{"en"}, "additionalProperties": false}}}
		})
	case formWord:
		var words, help []any
		for _, word := range s.words {
			words, help = append(words, word.name), append(help, word.help)
		}
		return object{"type": "string", "enum": words, "x-taplo": object{"docs": object{"enumValues": help}}}
	case formInteger:
		return object{"type": "integer", "minimum": s.low, "maximum": s.high}
	case formFlag:
		return object{"type": "boolean"}
	case formDuration:
		return object{"type": "string", "pattern": `^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$`}
	case formAny:
		return object{}
	case formMatch:
		return w.define("match", matchSchema)
	case formMap:
		out := object{"type": "object", "additionalProperties": w.of(s.of), "maxProperties": s.limit}
		if s.of.form != formTemplate {
			out["propertyNames"] = object{"pattern": identifier.String()}
		}
		return out
	case formList:
		return object{"type": "array", "items": w.of(s.of), "maxItems": s.limit}
	default:
		return w.table(s)
	}
}

func (w schemaWriter) table(s *shape) object {
	properties, required := object{}, []any{}
	for _, f := range s.fields {
		property := w.of(f.shape)
		property["description"] = f.help
		if f.fallback != "" {
			property["description"] = f.help + " Without it: " + f.fallback + "."
		}
		properties[f.key] = property
		if f.required {
			required = append(required, f.key)
		}
	}
	out := object{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

func matchSchema() object {
	scalar := object{"type": []any{"string", "number", "boolean"}}
	only := func(key string) object {
		return object{"type": "object", "properties": object{key: object{"const": true}}, "required": []any{key}, "additionalProperties": false}
	}
	return object{"type": "object", "minProperties": 1, "additionalProperties": object{"anyOf": []any{
		scalar, object{"type": "array", "items": scalar, "minItems": 1}, only("exists"), only("absent"),
	}}}
}

func schema(t *testing.T) []byte {
	t.Helper()
	w := schemaWriter{object{}}
	out := w.of(grammar())
	out["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	out["title"] = "Parley profile"
	out["description"] = "How a signaling server speaks: see docs/profiles.md."
	out["$defs"] = w.named
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(out); err != nil {
		t.Fatal(err)
	}
	return text.Bytes()
}

// TestSchema_IsOfTheParsersGrammar keeps the schema for editors equal to what
// the parser takes. "go test -update" writes it anew.
func TestSchema_IsOfTheParsersGrammar(t *testing.T) {
	want := schema(t)
	if *update {
		if err := os.WriteFile(schemaFile, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what the parser takes; run go test -update", schemaFile)
	}
}

// TestSchema_TakesShippedProfiles validates what another reader of TOML makes of
// them.
func TestSchema_TakesShippedProfiles(t *testing.T) {
	v := newValidator(t)
	files, err := filepath.Glob("../profiles/*.toml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, wrong := range v.validate(t, text) {
			t.Errorf("%s: %s", file, wrong)
		}
	}
}

// TestSchema_RefusesWhatTheParserRefuses tries mistakes that a schema can see.
func TestSchema_RefusesWhatTheParserRefuses(t *testing.T) {
	v := newValidator(t)
	const base = "name = \"a\"\n[channel.main]\nkind = \"ws\"\n[peers]\nkind = \"room\"\n[flow]\noffer = \"after-accept\"\n[send.bye]\nframe = 1\n[[recv]]\nmatch = { a = 1 }\ndo = \"bye\"\n"
	for text, good := range map[string]bool{
		base:                                                                  true,
		base + "keep = { x = \"a.b\" }\n":                                     true,
		base + "kepp = 1\n":                                                   false,
		base + "keep = { x = 1 }\n":                                           false,
		base + "keep = { \"x y\" = \"a\" }\n":                                 false,
		base + "[sdp]\nencoding = \"obj\"\n":                                  false,
		base + "[[timer]]\nframe = 1\n":                                       false,
		base + "[[timer]]\nafter = \"5\"\nframe = 1\n":                        false,
		base + "[[timer]]\nafter = \"5s\"\nframe = 1\n":                       true,
		base + "[[recv]]\nmatch = {}\ndo = \"bye\"\n":                         false,
		base + "[[recv]]\nmatch = { a = { exists = false } }\ndo = \"bye\"\n": false,
		base + "[[recv]]\nmatch = { a = { exists = true }, b = [1, \"x\"] }\ndo = \"bye\"\n": true,
		"port = 0\n" + base:                          false,
		"port = 80\ntitle = { zh = \"x\" }\n" + base: false,
		"Name = 1\n" + base:                          false,
		"title = \"x\"\n" + base:                     true,
	} {
		_, err := Parse([]byte(text))
		wrong := v.validate(t, []byte(text))
		if (err == nil) != good || (len(wrong) == 0) != good {
			t.Errorf("%s\nparser: %v\nschema: %v", text, err, wrong)
		}
	}
}

// validator knows as much of JSON Schema as the file uses.
type validator struct{ root object }

func newValidator(t *testing.T) validator {
	t.Helper()
	text, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	var v validator
	if err := json.Unmarshal(text, &v.root); err != nil {
		t.Fatal(err)
	}
	return v
}

func (v validator) validate(t *testing.T, text []byte) []string {
	t.Helper()
	var doc object
	if err := toml.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	written, err := json.Marshal(doc) // so that numbers are as JSON has them
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(written, &out); err != nil {
		t.Fatal(err)
	}
	return v.check(v.root, out, "")
}

func (v validator) check(schema object, doc any, path string) []string {
	if ref, ok := schema["$ref"].(string); ok {
		return v.check(v.root["$defs"].(object)[filepath.Base(ref)].(object), doc, path)
	}
	for _, key := range []string{"oneOf", "anyOf"} {
		if choices, ok := schema[key].([]any); ok {
			if !slices.ContainsFunc(choices, func(c any) bool { return len(v.check(c.(object), doc, path)) == 0 }) {
				return []string{path + " is nothing of " + key}
			}
			return nil
		}
	}
	var wrong []string
	fail := func(format string, args ...any) { wrong = append(wrong, path+": "+fmt.Sprintf(format, args...)) }
	if !typed(schema["type"], doc) {
		fail("%v is no %v", doc, schema["type"])
		return wrong
	}
	if is, ok := schema["const"]; ok && !reflect.DeepEqual(is, doc) {
		fail("%v is not %v", doc, is)
	}
	switch d := doc.(type) {
	case string:
		if pattern, ok := schema["pattern"].(string); ok && !regexp.MustCompile(pattern).MatchString(d) {
			fail("%q is not like %s", d, pattern)
		}
		if words, ok := schema["enum"].([]any); ok && !slices.Contains(words, doc) {
			fail("%q is none of %v", d, words)
		}
	case float64:
		if least, ok := schema["minimum"].(float64); ok && (d < least || d > schema["maximum"].(float64)) {
			fail("%v is out of range", d)
		}
	case []any:
		if least, ok := schema["minItems"].(float64); ok && float64(len(d)) < least {
			fail("too few")
		}
		if items, ok := schema["items"].(object); ok {
			for i, item := range d {
				wrong = append(wrong, v.check(items, item, nth(path, i))...)
			}
		}
	case object:
		wrong = append(wrong, v.members(schema, d, path)...)
	}
	return wrong
}

func (v validator) members(schema, doc object, path string) []string {
	var wrong []string
	if least, ok := schema["minProperties"].(float64); ok && float64(len(doc)) < least {
		wrong = append(wrong, path+": too few")
	}
	for _, key := range append([]any{}, orNone(schema["required"])...) {
		if doc[key.(string)] == nil {
			wrong = append(wrong, under(path, key.(string))+" is missing")
		}
	}
	properties, _ := schema["properties"].(object)
	for key, member := range doc {
		if names, ok := schema["propertyNames"].(object); ok {
			wrong = append(wrong, v.check(names, key, under(path, key))...)
		}
		if property, ok := properties[key].(object); ok {
			wrong = append(wrong, v.check(property, member, under(path, key))...)
			continue
		}
		switch other := schema["additionalProperties"].(type) {
		case object:
			wrong = append(wrong, v.check(other, member, under(path, key))...)
		case bool:
			wrong = append(wrong, under(path, key)+" is unknown")
		}
	}
	return wrong
}

func orNone(list any) []any {
	out, _ := list.([]any)
	return out
}

func typed(want any, doc any) bool {
	switch w := want.(type) {
	case nil:
		return true
	case []any:
		return slices.ContainsFunc(w, func(one any) bool { return typed(one, doc) })
	}
	switch d := doc.(type) {
	case string:
		return want == "string"
	case bool:
		return want == "boolean"
	case float64:
		return want == "number" || want == "integer" && d == math.Trunc(d)
	case []any:
		return want == "array"
	case object:
		return want == "object"
	}
	return false
}
