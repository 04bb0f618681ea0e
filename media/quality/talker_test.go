package quality_test

import (
	"testing"

	"parley/media"
	"parley/media/quality"
	"parley/media/quality/room"
)

// Voiced sound is nearly the same a pitch period later: what a receiver that
// stretches makes use of, and what an alignment must not be misled by.
func TestAlign_OfVoicedSpeechThatWasStretched(t *testing.T) {
	const second = media.SampleRate
	x := room.Take(room.NewTalker(1, 120), 8)
	var y []float64
	for at := 0; at < len(x); at += second / 2 { // 8 ms more, 8 ms less, in turn; from 4 s on 16 ms more each time
		end := min(at+second/2, len(x))
		period := 400
		switch {
		case at >= 4*second:
			y = append(append(y, x[at:end]...), x[end-2*period:end]...)
		case at/(second/2)%2 == 0:
			y = append(append(y, x[at:end]...), x[end-period:end]...)
		default:
			y = append(y, x[at:end-period]...)
		}
	}
	plain := append([]float64(nil), y[:len(x)]...)
	before, err := quality.ESTOI(x, plain, second)
	if err != nil {
		t.Fatal(err)
	}
	aligned, err := quality.Aligned(x, y, second)
	if err != nil {
		t.Fatal(err)
	}
	after, err := quality.ESTOI(x, aligned, second)
	if err != nil || before > 0.8 || after < 0.95 {
		t.Errorf("ESTOI %.3f, and %.3f after alignment, %v", before, after, err)
	}
	for _, p := range mustAlign(t, x, y) {
		if at := p.From + p.Delay; at < 0 || at > len(y) {
			t.Errorf("a piece is found outside: %+v", p)
		}
	}
}

func mustAlign(t *testing.T, x, y []float64) []quality.Piece {
	t.Helper()
	pieces, err := quality.Align(x, y, media.SampleRate)
	if err != nil {
		t.Fatal(err)
	}
	return pieces
}
