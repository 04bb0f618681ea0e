package value_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"parley/signaling/dialect/value"
)

func decode(t *testing.T, text string) any {
	t.Helper()
	v, err := value.Decode([]byte(text))
	if err != nil {
		t.Fatalf("decode %s: %v", text, err)
	}
	return v
}

func TestDecode_KeepsDigitsAndRefusesTheRest(t *testing.T) {
	for text, want := range map[string]any{
		`123`:                     json.Number("123"),
		"\n18446744073709551615":  json.Number("18446744073709551615"),
		`{"id":9007199254740993}`: map[string]any{"id": json.Number("9007199254740993")},
		`null`:                    nil,
		`"[[[\"["`:                `[[["[`,
		`[true,"a",1.50]`:         []any{true, "a", json.Number("1.50")},
		strings.Repeat("[", value.Depth) + strings.Repeat("]", value.Depth): nest(value.Depth),
	} {
		if got, err := value.Decode([]byte(text)); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("Decode(%s) = %#v, %v", text, got, err)
		}
	}
	for text, want := range map[string]error{
		strings.Repeat("[", value.Depth+1) + strings.Repeat("]", value.Depth+1): value.ErrDeep,
		strings.Repeat(`{"a":`, 100000):                                         value.ErrDeep,
		`{} {}`:                                                                 value.ErrMore,
		`{} x`:                                                                  value.ErrMore,
		``:                                                                      nil,
		`{`:                                                                     nil,
		`hello`:                                                                 nil,
		`01`:                                                                    value.ErrMore,
	} {
		if got, err := value.Decode([]byte(text)); err == nil || want != nil && !errors.Is(err, want) {
			t.Errorf("Decode(%.20s) = %#v, %v, not %v", text, got, err, want)
		}
	}
}

func nest(depth int) any {
	v := []any{}
	for range depth - 1 {
		v = []any{v}
	}
	return v
}

func TestEncode_WritesWithoutEscapes(t *testing.T) {
	got, err := value.Encode(map[string]any{"sdp": "a=<&>\r\n", "n": json.Number("18446744073709551615")})
	if want := `{"n":18446744073709551615,"sdp":"a=<&>\r\n"}`; err != nil || string(got) != want {
		t.Errorf("Encode = %s, %v", got, err)
	}
	if _, err := value.Encode(func() {}); err == nil {
		t.Error("encoded what is no value")
	}
}

func TestEqual(t *testing.T) {
	for _, row := range []struct {
		a, b string
		want bool
	}{
		{`1`, `"1"`, true},
		{`"200001"`, `200001`, true},
		{`1`, `1.0`, true},
		{`1e3`, `1000`, true},
		{`"1.0"`, `1`, false},
		{`9007199254740993`, `9007199254740992`, false},
		{`18446744073709551615`, `"18446744073709551615"`, true},
		{`true`, `true`, true},
		{`true`, `"true"`, false},
		{`null`, `null`, true},
		{`null`, `false`, false},
		{`null`, `""`, false},
		{`[1,"a"]`, `["1","a"]`, true},
		{`[1]`, `[1,2]`, false},
		{`[1]`, `1`, false},
		{`1`, `[1]`, false},
		{`true`, `[true]`, false},
		{`null`, `{}`, false},
		{`{"a":{"b":1}}`, `{"a":{"b":"1"}}`, true},
		{`{"a":1}`, `{"b":1}`, false},
		{`{"a":1}`, `{"a":2}`, false},
		{`{"a":1}`, `{"a":1,"b":2}`, false},
		{`{}`, `[]`, false},
		{`"a"`, `{}`, false},
	} {
		a, b := decode(t, row.a), decode(t, row.b)
		if value.Equal(a, b) != row.want || value.Equal(b, a) != row.want {
			t.Errorf("Equal(%s, %s) is not %v", row.a, row.b, row.want)
		}
	}
}

func TestText(t *testing.T) {
	for text, want := range map[string]string{`"a"`: "a", `12`: "12", `true`: "true", `null`: "none", `[]`: "none", `{}`: "none"} {
		got, ok := value.Text(decode(t, text))
		if !ok {
			got = "none"
		}
		if got != want {
			t.Errorf("Text(%s) = %q", text, got)
		}
	}
}
