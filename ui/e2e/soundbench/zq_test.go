//go:build e2e

package soundbench

import (
	"fmt"
	"testing"
	"parley/media/quality"
	"parley/media/quality/room"
)

func BenchmarkZQ(b *testing.B) {
	fars := [][]float64{spoken(b, man, echoLength), spoken(b, woman, echoLength), room.Take(room.NewTalker(1, 0), echoLength.Seconds())}
	c := cancellers(b)[0]
	v := variant{"aec3", func(b *testing.B) processor { x, _ := c.make(); return &alone{canceller: x} }}
	for _, r := range echoRows() {
		if r.name != "livelier room, T60 0.4 s" && r.name != "drift 100 ppm" && r.name != "drift -100 ppm" { continue }
		for i, far := range fars {
			mic := room.NewPath(r.way).Through(far)
			out := run(b, v, mic, far)
			fmt.Print(r.name, " ", i, ":")
			for at := 0.0; at < 24; at += 2 { fmt.Printf(" %.0f", quality.ReturnLoss(span(mic, at, at+2), span(out, at, at+2))) }
			fmt.Println()
		}
	}
}
