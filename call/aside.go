package call

import (
	"encoding/json"
	"errors"
	"fmt"
)

// AsideProtocol is the subprotocol (RFC 8832) of the data channel on which the
// programs of a call tell each other what no server carries. See docs/protocol.md.
const AsideProtocol = "parley.call.v1"

// maxAside bounds what is read as an Aside, bytes.
const maxAside = 4096

// Aside is what one side of a call lets the other know: a level, told whole
// whenever it changes.
type Aside struct {
	Recording bool `json:"recording"` // it records this call
}

var errAside = errors.New("call: an aside that is too long")

// Encode writes a as ParseAside reads it.
func (a Aside) Encode() string {
	text, err := json.Marshal(a)
	if err != nil { // there is nothing in it that could fail
		return "{}"
	}
	return string(text)
}

// ParseAside reads one. Members that it does not know are ignored.
func ParseAside(text []byte) (Aside, error) {
	if len(text) > maxAside {
		return Aside{}, errAside
	}
	var a Aside
	if err := json.Unmarshal(text, &a); err != nil {
		return Aside{}, fmt.Errorf("call: reading an aside: %w", err)
	}
	return a, nil
}
