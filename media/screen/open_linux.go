package screen

import (
	"context"

	"parley/media/camera"
)

// asks tells whether the desktop asks the user what to share.
func asks() bool { return false }

func list(ctx context.Context) ([]Item, error) { return listDisplay(ctx) }

func open(ctx context.Context, t Target, want camera.Format) (camera.Source, error) {
	return openDisplay(ctx, t, want)
}
