package call_test

import (
	"strings"
	"testing"

	"parley/call"
)

func TestAside(t *testing.T) {
	for _, a := range []call.Aside{{}, {Recording: true}} {
		if got, err := call.ParseAside([]byte(a.Encode())); err != nil || got != a {
			t.Errorf("%+v came as %+v, %v", a, got, err)
		}
	}
	if got, err := call.ParseAside([]byte(`{"recording":true,"later":[1]}`)); err != nil || !got.Recording {
		t.Errorf("%+v, %v", got, err)
	}
	for _, bad := range []string{"", "x", `{"recording":1}`, "[]", `{"later":"` + strings.Repeat("x", 5000) + `"}`} {
		if got, err := call.ParseAside([]byte(bad)); err == nil || got.Recording {
			t.Errorf("%.20s came as %+v", bad, got)
		}
	}
}

func FuzzAside(f *testing.F) {
	f.Add([]byte(`{"recording":true}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		a, err := call.ParseAside(text)
		if err != nil {
			return
		}
		if again, err := call.ParseAside([]byte(a.Encode())); err != nil || again != a {
			t.Errorf("%+v came as %+v, %v", a, again, err)
		}
	})
}
