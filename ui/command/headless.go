package command

import (
	"context"
	"errors"
	"log/slog"

	"parley/call/station"
	"parley/ui/control"
)

// Levels are a station's levels as the control protocol has them.
func Levels(l station.Levels) map[string]control.Level {
	return map[string]control.Level{
		"raw": control.Level(l.Raw), "microphone": control.Level(l.Microphone), "speaker": control.Level(l.Speaker),
	}
}

// Unread returns the reason to end the program when nobody can read its events
// any more: nobody would hear of its calls, nor could end them. A reader that is
// only too slow misses events and is no reason. It returns nil when ctx ends.
func Unread(ctx context.Context, pipe *control.Pipe, log *slog.Logger) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-pipe.Lost():
		if errors.Is(err, control.ErrNotRead) {
			log.Error("no more events are told", "err", err)
			return nil
		}
		return &station.Fault{Key: "start.eventsUnread", Err: err}
	}
}
