// Package screen records a whole screen, as a source like those of package
// camera: for showing it to the other side. It uses mediadevices' screen drivers,
// which need C; on Linux there is one for X11 only, and what runs under Wayland
// is not seen. It may import the standard library, mediadevices' drivers, media,
// media/camera and what lies below them.
package screen

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/pion/mediadevices/pkg/driver"
	drivers "github.com/pion/mediadevices/pkg/driver/screen"

	"parley/media"
	"parley/media/camera"
)

// The errors of this package. They are found with errors.Is.
var (
	ErrNoDriver = errors.New("no screen can be recorded here")
	ErrNoScreen = errors.New("no such screen")
)

// DefaultFormat returns what suits text that is read: 1080p at 15 frames/s.
func DefaultFormat() camera.Format { return camera.Format{Width: 1920, Height: 1080, Rate: 15} }

// scanning keeps two scans apart: the registry of mediadevices belongs to the
// whole process, and so does its lock.
var scanning sync.Mutex

// scan returns the drivers of the screens that are there now, each once.
func scan() []driver.Driver {
	scanning.Lock()
	defer scanning.Unlock()
	registry := driver.GetManager()
	screens := driver.FilterDeviceType(driver.Screen)
	for _, d := range registry.Query(screens) {
		registry.Delete(d.ID()) // otherwise each would be there twice
	}
	drivers.Initialize()
	found := registry.Query(screens)
	slices.SortFunc(found, func(a, b driver.Driver) int {
		return cmp.Or(cmp.Compare(b.Info().Priority, a.Info().Priority), cmp.Compare(a.Info().Label, b.Info().Label))
	})
	return found
}

// Drivers returns nil if a screen can be recorded, and ErrNoDriver if the program
// has no driver for this system or there is no display that it understands.
func Drivers() error {
	if len(scan()) == 0 {
		return ErrNoDriver
	}
	return nil
}

// List returns the screens, the default one first. A screen stands where a
// camera could, so that is its kind.
func List() []media.Device {
	var list []media.Device
	for i, d := range scan() {
		list = append(list, media.Device{
			Kind: media.Camera, ID: d.Info().Label, Name: nameOf(i), Default: i == 0,
		})
	}
	return list
}

func nameOf(i int) string { return fmt.Sprintf("Screen %d", i+1) }

// Open records a screen by its id; "" is the default one. Format members that
// are zero mean those of DefaultFormat; a larger screen is scaled down. The
// errors are ErrNoDriver, ErrNoScreen, ctx's, and those of camera.OpenDriver.
func Open(ctx context.Context, id string, want camera.Format) (camera.Source, error) {
	found := scan()
	if len(found) == 0 {
		return nil, fmt.Errorf("recording a screen: %w", ErrNoDriver)
	}
	for i, d := range found {
		if id == "" || d.Info().Label == id {
			how := camera.Recording{Name: nameOf(i), Format: orDefault(want), Paced: true}
			return camera.OpenDriver(ctx, d, how)
		}
	}
	return nil, fmt.Errorf("recording screen %q: %w", id, ErrNoScreen)
}

func orDefault(f camera.Format) camera.Format {
	d := DefaultFormat()
	return camera.Format{
		Width: cmp.Or(f.Width, d.Width), Height: cmp.Or(f.Height, d.Height), Rate: cmp.Or(f.Rate, d.Rate),
	}
}
