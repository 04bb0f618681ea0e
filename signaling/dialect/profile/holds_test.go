package profile_test

import (
	"testing"

	"parley/signaling/dialect/profile"
	"parley/signaling/dialect/value"
)

func TestCondition_Holds(t *testing.T) {
	frame := map[string]any{"type": "login", "id": "7", "gone": nil}
	is := func(sources ...any) (out []value.Template) {
		for _, source := range sources {
			template, err := value.NewTemplate(source, func(string) bool { return true })
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, template)
		}
		return out
	}
	for path, cases := range map[string]map[bool][]profile.Condition{
		"type": {true: {{Is: is("x", "${word}")}, {Exists: true}}, false: {{Is: is("x")}, {Is: is("${unknown}")}, {Absent: true}, {}}},
		"id":   {true: {{Is: is(int64(7))}}, false: {{Is: is(int64(8))}}},
		"gone": {true: {{Absent: true}, {Is: is(nil)}}, false: {{Exists: true}}},
		"none": {true: {{Absent: true}}, false: {{Exists: true}, {Is: is(nil)}}},
	} {
		at, err := value.ParsePath(path)
		if err != nil {
			t.Fatal(err)
		}
		for want, conditions := range cases {
			for _, c := range conditions {
				c.Path = at
				if got := c.Holds(frame, func(name string) (any, bool) { return "login", name == "word" }); got != want {
					t.Errorf("%s %+v holds: %v", path, c, got)
				}
			}
		}
	}
}
