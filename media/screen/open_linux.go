package screen

import (
	"context"
	"os"

	"parley/media/camera"
)

// asks tells whether the desktop asks the user what to share: a Wayland
// compositor does, and shows X programs only each other.
func asks() bool { return os.Getenv("WAYLAND_DISPLAY") != "" }

func list(ctx context.Context) ([]Item, error) {
	if asks() {
		return listDesktop(ctx)
	}
	return listDisplay(ctx)
}

func open(ctx context.Context, t Target, want camera.Format) (camera.Source, error) {
	if asks() {
		return openDesktop(ctx, t, want)
	}
	return openDisplay(ctx, t, want)
}
