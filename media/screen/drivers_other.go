//go:build darwin || windows

package screen

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/pion/mediadevices/pkg/driver"
	drivers "github.com/pion/mediadevices/pkg/driver/screen"

	"parley/media/camera"
)

// asks tells whether the desktop asks the user what to share.
func asks() bool { return false }

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

// list returns the screens: the drivers know no windows.
func list(context.Context) ([]Item, error) {
	found := scan()
	if len(found) == 0 {
		return nil, fmt.Errorf("listing what can be shared: %w", ErrNoDriver)
	}
	var items []Item
	for i, d := range found {
		items = append(items, Item{ID: d.Info().Label, Kind: Screen, Title: fmt.Sprint(i + 1), Default: i == 0})
	}
	return items, nil
}

// open records a whole screen, over and over.
func open(ctx context.Context, t Target, want camera.Format) (camera.Source, error) {
	items, err := list(ctx)
	if err != nil {
		return nil, err
	}
	item, ok := find(items, t.ID)
	if !ok {
		return nil, ErrNoScreen
	}
	if !t.Region.Empty() {
		return nil, fmt.Errorf("%w: here only whole screens can be recorded", ErrRegion)
	}
	for _, d := range scan() {
		if d.Info().Label == item.ID {
			return camera.OpenDriver(ctx, d, camera.Recording{Name: item.Title, Format: want, Paced: true})
		}
	}
	return nil, ErrNoScreen
}
