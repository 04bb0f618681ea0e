package profile

import "parley/signaling/dialect/value"

// Holds tells whether a frame is like the condition says. lookup has the values
// of variables, as for value.Template.Expand.
func (c *Condition) Holds(frame any, lookup func(name string) (any, bool)) bool {
	v, found := c.Path.Find(frame)
	switch {
	case c.Absent:
		return !found || v == nil
	case c.Exists:
		return found && v != nil
	case !found:
		return false
	}
	for _, t := range c.Is {
		if want, err := t.Expand(lookup); err == nil && value.Equal(v, want) {
			return true
		}
	}
	return false
}
