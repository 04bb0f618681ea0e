package command_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"testing"
	"time"

	"parley/call/station"
	"parley/ui/command"
	"parley/ui/control"
)

// closed is an output that nobody can read any more.
type closed struct{}

func (closed) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestUnread_IsAReasonToEnd(t *testing.T) {
	pipe := control.NewPipe(closed{})
	defer pipe.Close(time.Second)
	if _, err := pipe.Write([]byte("x\n")); err != nil {
		t.Fatal(err)
	}
	var fault *station.Fault
	if err := command.Unread(t.Context(), pipe, slog.New(slog.DiscardHandler)); !errors.As(err, &fault) || fault.Key != "start.eventsUnread" {
		t.Errorf("ended with %v", err)
	}
}

func TestUnread_EndsWithTheProgram(t *testing.T) {
	ctx, end := context.WithCancel(t.Context())
	end()
	pipe := control.NewPipe(io.Discard)
	defer pipe.Close(time.Second)
	if err := command.Unread(ctx, pipe, slog.New(slog.DiscardHandler)); err != nil {
		t.Errorf("ended with %v", err)
	}
}
