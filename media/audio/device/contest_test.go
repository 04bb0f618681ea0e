package device

import (
	"errors"
	"testing"
	"time"

	"parley/media"
)

var errDown = errors.New("down")

// stage is two sound systems of which the test decides, and what is held of them.
type stage struct {
	contest contest
	now     time.Time
	down    [2]error // why a connection fails
	faulty  [2]error // why a list fails
	open    [2]int
}

type actor struct {
	stage *stage
	rank  int
}

func (a actor) list() ([]Info, error) {
	if err := a.stage.faulty[a.rank]; err != nil {
		return nil, err
	}
	return []Info{{Device: media.Device{ID: [...]string{"better", "lesser"}[a.rank]}}}, nil
}

func (a actor) end() { a.stage.open[a.rank]-- }

func newStage() *stage {
	s := &stage{now: time.Unix(1000, 0)}
	for rank := range s.down {
		s.contest.rivals = append(s.contest.rivals, rival{connect: func(bool) (lister, error) {
			if err := s.down[rank]; err != nil {
				return nil, err
			}
			s.open[rank]++
			return actor{s, rank}, nil
		}})
	}
	return s
}

// expect lists a number of seconds later.
func (s *stage) expect(t *testing.T, after int, want string, why error) {
	t.Helper()
	s.now = s.now.Add(time.Duration(after) * time.Second)
	devices, err := s.contest.list(s.now, false)
	if !errors.Is(err, why) || (err == nil) != (why == nil) {
		t.Errorf("error %v, not %v", err, why)
	}
	if why == nil && (len(devices) != 1 || devices[0].ID != want) {
		t.Errorf("devices %v, not those of the %s", devices, want)
	}
	if held := s.open[0] + s.open[1]; held > 1 || err == nil && held == 0 {
		t.Errorf("%d connections are held after %v", held, err)
	}
}

func TestContest_WhatIsBetterTakesOverWhenItComes(t *testing.T) {
	for name, why := range map[string]error{"not started": errDown, "without a device": ErrNone} {
		t.Run(name, func(t *testing.T) {
			s := newStage()
			s.down[0] = why
			s.expect(t, 0, "lesser", nil)
			s.expect(t, 2, "lesser", nil)
			s.down[0] = nil
			s.expect(t, 2, "better", nil)
			s.contest.end()
			if s.open != [2]int{} {
				t.Errorf("left open: %v", s.open)
			}
		})
	}
}

func TestContest_WhatStartsAgainIsWaitedFor(t *testing.T) {
	s := newStage()
	s.expect(t, 0, "better", nil)
	s.faulty[0], s.down[0] = errDown, errDown
	s.expect(t, 2, "", errDown)
	s.expect(t, 2, "", errDown)
	s.faulty[0], s.down[0] = nil, nil
	s.expect(t, 2, "better", nil)
	s.faulty[0] = errDown // only what is held fails, a new connection would too
	s.expect(t, 2, "", errDown)
	s.expect(t, 10, "lesser", nil)
	s.faulty[0] = nil
	s.expect(t, 2, "better", nil)
}

func TestContest_ServerWithoutDevices_IsToldRatherThanThatOneIsMissing(t *testing.T) {
	s := newStage()
	s.down = [2]error{nil, errDown}
	s.faulty[0] = ErrNone
	s.expect(t, 0, "", ErrNone)
	s.down = [2]error{errDown, nil}
	s.faulty = [2]error{nil, ErrNone}
	s.expect(t, 2, "", ErrNone)
}
