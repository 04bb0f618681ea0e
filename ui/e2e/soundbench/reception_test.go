//go:build e2e

package soundbench

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// tracesVariable names the folder in which what Chromium was sent, and how it did,
// is kept, and taken from where it is there. Chromium receives in real time: with
// it, what is changed on our side is compared within seconds, and with the same.
const tracesVariable = "TRACES"

// reception is one network, as Chromium has received it.
type reception struct {
	Packets  [][]byte
	Arrived  []arrival
	Chromium outcome
}

// arrival is a delivery, as it is written.
type arrival struct {
	Packet int
	At     time.Duration
}

// newReception is what was sent, when it left, and how Chromium did.
func newReception(packets [][]byte, sent []delivery, theirs outcome) reception {
	r := reception{Packets: packets, Chromium: theirs}
	for _, d := range sent {
		r.Arrived = append(r.Arrived, arrival{d.packet, d.at})
	}
	return r
}

// deliveries are the packets in the order of their arrival.
func (r reception) deliveries() []delivery {
	out := make([]delivery, len(r.Arrived))
	for i, a := range r.Arrived {
		out[i] = delivery{a.Packet, a.At}
	}
	return out
}

// received is what is kept under that name; else it is made, and kept if there is
// a folder for it.
func received(b *testing.B, name string, make func() reception) reception {
	b.Helper()
	folder := os.Getenv(tracesVariable)
	if folder == "" {
		return make()
	}
	path := filepath.Join(folder, name+".json")
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		r := make()
		if raw, err = json.Marshal(r); err == nil {
			err = os.WriteFile(path, raw, 0o600)
		}
		if err != nil {
			b.Fatal(err)
		}
		return r
	}
	var r reception
	if err == nil {
		err = json.Unmarshal(raw, &r)
	}
	if err != nil {
		b.Fatal(err)
	}
	return r
}
