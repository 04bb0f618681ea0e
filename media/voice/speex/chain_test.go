package speex

import (
	"testing"
	"testing/synctest"
	"time"

	"parley/media"
	"parley/media/quality/room"
	"parley/media/voice"
)

// plain is a chain that has nothing better than speexdsp. It must be made in a
// bubble of synctest, and closed there.
func plain(t *testing.T) *voice.Chain {
	t.Helper()
	c := voice.New(voice.Options{
		Settings:    voice.Everything,
		Cancellers:  []func() (voice.Canceller, error){func() (voice.Canceller, error) { return NewCanceller() }},
		Suppressors: []func() (voice.Suppressor, error){func() (voice.Suppressor, error) { return NewSuppressor() }},
	})
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	synctest.Wait()
	return c
}

// converse lets a chain hear so many seconds of two talkers, either of which may
// be nil, and returns the highest gain.
func converse(c *voice.Chain, path *room.Path, far, near room.Sound, seconds int) (most float32) {
	for range seconds * media.SampleRate / media.StepSamples {
		var played, heard, said [media.StepSamples]int16
		if far != nil {
			room.Step(far, &played)
		}
		path.Step(&played, &heard)
		if near != nil {
			room.Step(near, &said)
		}
		for i, v := range said {
			heard[i] += v / 4
		}
		c.Process(&heard, &played)
		most = max(most, c.Read().Gain)
	}
	return most
}

// TestChain_DoesNotTurnUpWhatIsLeftOfTheEcho has rooms where speexdsp leaves much:
// loud echos that come late, and faint ones.
func TestChain_DoesNotTurnUpWhatIsLeftOfTheEcho(t *testing.T) {
	for name, way := range map[string]room.Way{
		"loud and late": {Delay: 250 * time.Millisecond, Gain: 0},
		"faint":         {Delay: 60 * time.Millisecond, Gain: -24},
		"faint at once": {Delay: 20 * time.Millisecond, Gain: -24},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				way.Impulse, way.Floor = room.Office().Impulse(), -70
				c, path := plain(t), room.NewPath(way)
				if most := converse(c, path, room.NewTalker(1, 110), nil, 12); most > 2 {
					t.Errorf("it was turned up by %.1f dB", most)
				}
				if got := c.Read(); got.EchoReduction > 30 {
					t.Errorf("the echo was %.0f dB weaker: this is no test", got.EchoReduction)
				}
			})
		})
	}
}

// TestChain_TurnsUpWhoTalksSoftly has a talker of -35 dBFS in such a room, who waits
// until the far end pauses.
func TestChain_TurnsUpWhoTalksSoftly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := plain(t)
		path := room.NewPath(room.Way{Delay: 60 * time.Millisecond, Gain: -24, Impulse: room.Office().Impulse(), Floor: -70})
		converse(c, path, room.NewTalker(1, 110), nil, 4)
		converse(c, path, nil, room.NewTalker(2, 200), 6)
		if got := c.Read().Gain; got < 6 {
			t.Errorf("it was turned up by %.1f dB only", got)
		}
	})
}
