package peer

import (
	"testing"
	"time"
)

func TestBudget_ScreenComesFirst(t *testing.T) {
	const camera, screen, blank = 1_500_000, 2_500_000, 8_000
	for _, c := range []struct {
		name                 string
		camera, screen, room float64
		wantCamera           float64
	}{
		{"a camera alone", camera, 0, 1_000_000, 1_000_000},
		{"nothing on the screen", camera, blank, 1_000_000, 1_000_000},
		{"a narrow path", camera, screen, 500_000, 100_000},
		{"a wide path", camera, screen, 4_000_000, cameraBeside},
		{"a screen of little need", camera, 200_000, 500_000, 300_000},
		{"a camera of little need", 50_000, screen, 1_000_000, 50_000},
	} {
		var b budget
		if sum := b.take(false, c.camera, begin); sum != c.camera {
			t.Errorf("%s: a camera wants %.0f", c.name, sum)
		}
		if c.screen > 0 {
			if sum := b.take(true, c.screen, begin); sum != c.camera+c.screen {
				t.Errorf("%s: both want %.0f", c.name, sum)
			}
		}
		if got := b.part(false, c.room, begin); got != c.wantCamera {
			t.Errorf("%s: the camera gets %.0f instead of %.0f", c.name, got, c.wantCamera)
		}
		if got := b.part(true, c.room, begin); c.screen > leastScreen && got != c.room-c.wantCamera {
			t.Errorf("%s: the screen gets %.0f instead of %.0f", c.name, got, c.room-c.wantCamera)
		}
		later := begin.Add(demandLife + time.Second)
		if b.shows(begin) != (c.screen > leastScreen) || b.shows(later) || b.part(false, c.room, later) != c.room {
			t.Errorf("%s: a screen that is gone is thought of", c.name)
		}
	}
}
