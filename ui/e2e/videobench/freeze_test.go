//go:build e2e

package videobench

import (
	"slices"
	"testing"
	"time"
)

// frozen is a showing of ten seconds, each picture 100 ms late, of which those of two
// seconds in the middle were not shown.
func frozen() *showing {
	const late = 100 * time.Millisecond
	s := &showing{}
	for n := range 300 {
		taken := time.Duration(n) * time.Second / frameRate
		s.captures = append(s.captures, exposure{n % clipFrames, taken})
		if n < 120 || n >= 180 {
			s.sights = append(s.sights, sight{n % clipFrames, taken + late, late})
		}
	}
	return s
}

func TestAges_AFreezeCostsAsLongAsItIs(t *testing.T) {
	ages := frozen().ages(time.Second, 9*time.Second)
	slices.Sort(ages)
	if n := len(ages); n != 800 || ages[n/4] > 140 || ages[n-1] < 2000 || ages[n*80/100] < 400 {
		t.Errorf("%d ages, up to %.0f, of four fifths %.0f", n, ages[n-1], ages[n*80/100])
	}
}

func TestDue_IsWhatShouldStandThere(t *testing.T) {
	s := frozen()
	for _, v := range s.sights {
		if got := s.due(sample{number: v.number, at: v.at + tolerance}, s.usual(v.at, 0)); got != v.number {
			t.Fatalf("at %v picture %d should stand there, not %d", v.at, got, v.number)
		}
	}
	stood := sample{number: 119, at: 5*time.Second + 110*time.Millisecond}
	if got := s.due(stood, s.usual(stood.at, 0)); got < 149 && got > 1 {
		t.Errorf("after a second of freeze picture %d should stand there", got)
	}
}
