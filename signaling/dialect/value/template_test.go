package value_test

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"slices"
	"testing"

	"parley/signaling/dialect/value"
)

// given are the variables of the tests.
var given = map[string]any{
	"to": "bert", "id": json.Number("7"), "big": json.Number("18446744073709551615"), "half": json.Number("1.5"), "five": json.Number("5.0"),
	"digits": " 42 ", "yes": true, "one": json.Number("1"), "null": nil, "list": []any{json.Number("1")},
	"sdp": map[string]any{"type": "offer", "sdp": "v=0\r\n<"},
}

func lookup(name string) (any, bool) {
	v, ok := given[name]
	return v, ok
}

func known(name string) bool {
	_, ok := given[name]
	return ok || name == "none" || name == "other"
}

func TestTemplate_Expands(t *testing.T) {
	for source, want := range map[string]string{
		`"plain"`:                       `"plain"`,
		`""`:                            `""`,
		`12`:                            `12`,
		`null`:                          `null`,
		`"${to}"`:                       `"bert"`,
		`"${ to }"`:                     `"bert"`,
		`"${id}"`:                       `7`,
		`"${sdp}"`:                      `{"type":"offer","sdp":"v=0\r\n<"}`,
		`"${null}"`:                     `null`,
		`"a ${to}-${id} ${yes}"`:        `"a bert-7 true"`,
		`"${to}${id}"`:                  `"bert7"`,
		`"$${to}"`:                      `"${to}"`,
		`"$$${to}"`:                     `"$${to}"`,
		`"$${to} ${to} $"`:              `"${to} bert $"`,
		`"$to {to}"`:                    `"$to {to}"`,
		`{"a":["${id}",{"b":"${to}"}]}`: `{"a":[7,{"b":"bert"}]}`,
		`{"${to}":1}`:                   `{"${to}":1}`,
		`"${digits|int}"`:               `42`,
		`"${five|int}"`:                 `5`,
		`"${big|int}"`:                  `18446744073709551615`,
		`"${id|string}"`:                `"7"`,
		`"${yes|string}"`:               `"true"`,
		`"${one|bool}"`:                 `true`,
		`"${yes|bool}"`:                 `true`,
		`"${sdp|json}"`:                 `"{\"sdp\":\"v=0\\r\\n<\",\"type\":\"offer\"}"`,
		`"${id|b64json}"`:               `"Nw=="`,
		`"${none|or:-1}"`:               `-1`,
		`"${none|or:some text}"`:        `"some text"`,
		`"${none|or:}"`:                 `""`,
		`"${none|or:[1,2]}"`:            `[1,2]`,
		`"${null|or:null}"`:             `null`,
		`"${id|or:-1}"`:                 `7`,
		`"${none|int|or:-1}"`:           `-1`,
		`"${none|or:-1|string}"`:        `"-1"`,
		`"${none|or:x}y"`:               `"xy"`,
		`{"a":"${none|opt}","b":1}`:     `{"b":1}`,
		`{"a":"${null|opt}","b":1}`:     `{"b":1}`,
		`{"a":"x${none|opt}","b":1}`:    `{"b":1}`,
		`["${none|opt}","${to|opt}"]`:   `["bert"]`,
		`"${none|opt}"`:                 `null`,
		`{"a":{"b":"${none|opt}"}}`:     `{"a":{}}`,
		`{"a":"${none|int|opt}"}`:       `{}`,
		`{"a":"${none|opt|or:1}"}`:      `{"a":1}`,
	} {
		tpl, err := value.NewTemplate(decode(t, source), known)
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		got, err := tpl.Expand(lookup)
		if err != nil || !reflect.DeepEqual(got, decode(t, want)) {
			t.Errorf("%s becomes %#v, %v", source, got, err)
		}
	}
}

func TestTemplate_ExpandFails(t *testing.T) {
	for source, missing := range map[string]bool{
		`"${none}"`:         true,
		`{"a":["${none}"]}`: true,
		`"x ${none|int}"`:   true,
		`"${to|int}"`:       false,
		`"${half|int}"`:     false,
		`"${sdp|int}"`:      false,
		`"${yes|int}"`:      false,
		`"${sdp|string}"`:   false,
		`"${to|bool}"`:      false,
		`"a ${sdp}"`:        false,
		`"a ${null}"`:       false,
	} {
		tpl, err := value.NewTemplate(decode(t, source), known)
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		if got, err := tpl.Expand(lookup); err == nil || errors.Is(err, value.ErrNoValue) != missing {
			t.Errorf("%s becomes %v, %v", source, got, err)
		}
	}
}

func TestNewTemplate_SaysWhereItIsWrong(t *testing.T) {
	for source, want := range map[string]value.TemplateError{
		"a ${tp} b":        {Offset: 2, Name: "tp"},
		"${to}$${x} ${tp}": {Offset: 11, Name: "tp"},
		"${to} ${tp":       {Offset: 6},
		"${}":              {},
		"x${|int}":         {Offset: 1},
		"x${to|itn}":       {Offset: 1, Name: "itn", Filter: true},
		"${to|opt:3}":      {Name: "opt", Filter: true},
		"${to|}":           {Filter: true},
	} {
		_, err := value.NewTemplate([]any{"fine", map[string]any{"a": source}}, known)
		var got *value.TemplateError
		if !errors.As(err, &got) || got.Source != source || got.Offset != want.Offset || got.Name != want.Name || got.Filter != want.Filter || got.Text == "" {
			t.Errorf("%q: %+v", source, err)
		}
	}
	for _, bad := range []any{struct{}{}, math.Inf(1), math.NaN(), int(1), nest(40)} {
		if _, err := value.NewTemplate(bad, known); err == nil {
			t.Errorf("%T was taken", bad)
		}
	}
}

func TestNewTemplate_TakesNumbersOfTOML(t *testing.T) {
	tpl, err := value.NewTemplate([]any{int64(-3), 2.5, 1e21}, known)
	if err != nil {
		t.Fatal(err)
	}
	got, err := tpl.Expand(lookup)
	if want := []any{json.Number("-3"), json.Number("2.5"), json.Number("1e+21")}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %#v, %v", got, err)
	}
}

func TestTemplate_NamesAndZero(t *testing.T) {
	tpl, err := value.NewTemplate(decode(t, `{"b":"${to} ${id}","a":["${none|opt}","${to}"]}`), known)
	if err != nil || !slices.Equal(tpl.Names(), []string{"none", "to", "id"}) {
		t.Errorf("names are %q, %v", tpl.Names(), err)
	}
	var zero value.Template
	if got, err := zero.Expand(lookup); got != nil || err != nil || zero.Names() != nil {
		t.Errorf("the zero template becomes %v, %v", got, err)
	}
}

func TestTemplate_ExpandsAnewEachTime(t *testing.T) {
	tpl, err := value.NewTemplate(decode(t, `{"a":[{"b":1}]}`), known)
	if err != nil {
		t.Fatal(err)
	}
	one, _ := tpl.Expand(lookup)
	one.(map[string]any)["a"].([]any)[0].(map[string]any)["b"] = "changed"
	if two, _ := tpl.Expand(lookup); !reflect.DeepEqual(two, decode(t, `{"a":[{"b":1}]}`)) {
		t.Errorf("the second is %v", two)
	}
}

// FuzzTemplate proves that what a template becomes is a value, and that a
// mistake is found before it is filled.
func FuzzTemplate(f *testing.F) {
	for _, seed := range []string{`"${to} $${x} ${id|int|or:-1}"`, `{"a":"${none|opt}","b":["${sdp|b64json}"]}`, `"${"`, `"${sdp|json|string|bool}"`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		v, err := value.Decode([]byte(source))
		if err != nil {
			return
		}
		tpl, err := value.NewTemplate(v, known)
		if err != nil {
			var located *value.TemplateError
			if !errors.As(err, &located) || located.Offset < 0 || located.Offset > len(located.Source) {
				t.Fatalf("%q: %v", source, err)
			}
			return
		}
		got, err := tpl.Expand(lookup)
		if err != nil {
			return
		}
		if _, err := value.Encode(got); err != nil {
			t.Fatalf("%q becomes %v: %v", source, got, err)
		}
	})
}

// FuzzDecode proves that what is read can be written and read again.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{`{"a":[1,2.50,"x",null,true]}`, `18446744073709551615`, `"\ud800"`, `[[[`, `1 2`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := value.Decode(text)
		if err != nil {
			return
		}
		written, err := value.Encode(v)
		if err != nil {
			t.Fatal(err)
		}
		again, err := value.Decode(written)
		if err != nil || !reflect.DeepEqual(v, again) || !value.Equal(v, again) {
			t.Fatalf("%s was written as %s: %v", text, written, err)
		}
	})
}
