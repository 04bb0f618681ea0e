package value_test

import (
	"reflect"
	"strings"
	"testing"

	"parley/signaling/dialect/value"
)

func TestPath_FindsInOrder(t *testing.T) {
	const doc = `{"a":{"b":[10,{"c":"x"}],"d.e":1,"*":"star","0":"zero","\\":"back"},"list":[[1,2],[3]],"users":{"Z":[{"id":1},{"id":2}],"A":[{"id":3}]},"null":null}`
	for path, want := range map[string]string{
		"":                         "[" + doc + "]",
		"a.b.0":                    `[10]`,
		"a.b.1.c":                  `["x"]`,
		"a.b.2":                    `[]`,
		"a.b.-1":                   `[]`,
		"a.b.01":                   `[{"c":"x"}]`,
		"a.b.x":                    `[]`,
		"a.b.99999999999999999999": `[]`,
		`a.d\.e`:                   `[1]`,
		`a.\*`:                     `["star"]`,
		`a.\\`:                     `["back"]`,
		"a.0":                      `["zero"]`,
		"a.b.0.c":                  `[]`,
		"list.*":                   `[[1,2],[3]]`,
		"list.*.*":                 `[1,2,3]`,
		"list.*.1":                 `[2]`,
		"users.*.*.id":             `[3,1,2]`,
		"users.Z.*.id":             `[1,2]`,
		"null":                     `[null]`,
		"null.x":                   `[]`,
		"none":                     `[]`,
		"a.b.0.*":                  `[]`,
	} {
		p, err := value.ParsePath(path)
		if err != nil || p.String() != path {
			t.Errorf("ParsePath(%q) = %q, %v", path, p, err)
			continue
		}
		v := decode(t, doc)
		all := p.All(v)
		if wanted := decode(t, want).([]any); len(all)+len(wanted) > 0 && !reflect.DeepEqual(all, wanted) {
			t.Errorf("All of %q is %v, not %s", path, all, want)
		}
		first, ok := p.Find(v)
		if ok != (len(all) > 0) || ok && !reflect.DeepEqual(first, all[0]) {
			t.Errorf("Find of %q is %v, %v", path, first, ok)
		}
	}
}

func TestParsePath_RefusesWhatIsNone(t *testing.T) {
	for _, path := range []string{".", "a.", ".a", "a..b", `a\`, `\`, strings.Repeat("a.", value.Depth) + "a"} {
		if p, err := value.ParsePath(path); err == nil {
			t.Errorf("ParsePath(%q) = %v", path, p)
		}
	}
	if _, err := value.ParsePath(strings.Repeat("*.", value.Depth-1) + "*"); err != nil {
		t.Error(err)
	}
}

// FuzzPath proves that a path finds nothing that is not in the value, however it
// is made.
func FuzzPath(f *testing.F) {
	f.Add("a.b.0", `{"a":{"b":[1]}}`)
	f.Add(`*.*.\*.a\.b`, `[[{"*":{"a.b":null}}]]`)
	f.Add("users.*.*.id", `{"users":{"A":[{"id":1}]}}`)
	f.Fuzz(func(t *testing.T, path, doc string) {
		p, err := value.ParsePath(path)
		if err != nil {
			return
		}
		v, err := value.Decode([]byte(doc))
		if err != nil {
			return
		}
		all := p.All(v)
		if nodes := count(v); len(all) > nodes {
			t.Fatalf("%q finds %d in %d", path, len(all), nodes)
		}
		first, ok := p.Find(v)
		if ok != (len(all) > 0) || ok && !reflect.DeepEqual(first, all[0]) {
			t.Fatalf("%q finds %v first, of %v", path, first, all)
		}
	})
}

func count(v any) int {
	n := 1
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			n += count(item)
		}
	case map[string]any:
		for _, item := range v {
			n += count(item)
		}
	}
	return n
}
