package station

import (
	"context"
	"fmt"
	"strings"
	"time"

	"parley/media"
	"parley/media/camera"
	"parley/media/screen"
)

// screenChoice is the choice of the default screen as the picture; with a colon
// and a target, of another screen, a window, or a region.
const screenChoice = "screen"

// lookTime bounds how long a display may take to say what is on it.
const lookTime = 3 * time.Second

// cameras lists what can be the picture: cameras, then screens.
func cameras() []media.Device {
	list, err := camera.List()
	if err != nil {
		list = nil // opening one says why
	}
	ctx, cancel := context.WithTimeout(context.Background(), lookTime)
	defer cancel()
	items, err := screen.List(ctx)
	if err != nil {
		return list // as above
	}
	for i, item := range items {
		if item.Kind == screen.Screen {
			list = append(list, media.Device{Kind: media.Camera, ID: screenChoice + ":" + item.ID, Name: fmt.Sprintf("Screen %d", i+1)})
		}
	}
	return list
}

// openPicture opens what a choice of camera means: something on the screen, or a
// camera or one of its stand-ins.
func openPicture(ctx context.Context, c media.Choice, want camera.Format) (camera.Source, error) {
	name, text, _ := strings.Cut(c.String(), ":")
	if name != screenChoice {
		return camera.Open(ctx, c, want)
	}
	target, err := screen.ParseTarget(text)
	if err != nil {
		return nil, err
	}
	return screen.Open(ctx, target, screen.DefaultFormat())
}
