package value

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Filters lists the filters' names.
func Filters() []string {
	return []string{"int", "string", "bool", "json", "b64json", "or", "opt"}
}

type filter struct {
	name     string
	fallback any // of or
}

func newFilter(s string) (filter, bool) {
	switch s {
	case "int", "string", "bool", "json", "b64json", "opt":
		return filter{name: s}, true
	}
	fallback, ok := strings.CutPrefix(s, "or:")
	if !ok {
		return filter{}, false
	}
	v, err := Decode([]byte(fallback))
	if err != nil {
		v = fallback
	}
	return filter{name: "or", fallback: v}, true
}

// apply returns the value and whether there is one.
func (f filter) apply(v any, found bool) (any, bool, error) {
	switch f.name {
	case "or":
		if !found || v == nil {
			v, err := expand(f.fallback, nil) // a copy
			return v, true, err
		}
		return v, true, nil
	case "opt":
		return v, found && v != nil, nil
	}
	if !found {
		return nil, false, nil
	}
	out, err := f.convert(v)
	return out, err == nil, err
}

func (f filter) convert(v any) (any, error) {
	switch f.name {
	case "int":
		return integer(v)
	case "bool":
		return boolean(v)
	case "json", "b64json":
		written, err := Encode(v)
		if err != nil {
			return nil, err
		}
		if f.name == "json" {
			return string(written), nil
		}
		return base64.StdEncoding.EncodeToString(written), nil
	}
	s, ok := Text(v)
	if !ok {
		return nil, errors.New("no text")
	}
	return s, nil
}

// integer takes whole numbers of up to 64 bits, as numbers or as text.
func integer(v any) (any, error) {
	s, ok := digits(v)
	if !ok {
		return nil, errors.New("no number")
	}
	s = strings.TrimSpace(s)
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return json.Number(strconv.FormatInt(n, 10)), nil
	}
	if n, err := strconv.ParseUint(s, 10, 64); err == nil {
		return json.Number(strconv.FormatUint(n, 10)), nil
	}
	if f, err := strconv.ParseFloat(s, 64); err == nil && f == math.Trunc(f) && math.Abs(f) < exact {
		return json.Number(strconv.FormatInt(int64(f), 10)), nil
	}
	return nil, fmt.Errorf("%.20q is no whole number", s)
}

func boolean(v any) (any, error) {
	switch s, _ := Text(v); s {
	case "true", "1":
		return true, nil
	case "false", "0":
		return false, nil
	}
	return nil, errors.New("neither true nor false")
}
