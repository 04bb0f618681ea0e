package camera

import (
	"context"
	"fmt"

	"parley/media"
)

// openCamera opens the camera of a choice by the quickest way there is to it.
func openCamera(ctx context.Context, s system, choice media.Choice, want Format) (Source, error) {
	found, err := s.devices()
	if err != nil {
		return nil, err
	}
	d, err := find(found, choice)
	if err != nil {
		return nil, fmt.Errorf("opening camera %q: %w", choice, err)
	}
	return record(ctx, Recording{Name: d.Name, Format: want}, d.start)
}
