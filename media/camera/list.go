package camera

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/pion/mediadevices/pkg/driver"

	"parley/media"
)

// system finds cameras.
type system struct {
	scan func() ([]driver.Driver, error)
}

// device is a camera and how to drive it.
type device struct {
	media.Device
	node   string // of the device on Linux, such as video0
	driver driver.Driver
}

// Drivers returns nil if the program was built with camera drivers for this
// system, and ErrNoDriver otherwise. A build without C silently lacks them, so
// ask when starting.
func Drivers() error {
	_, err := installed().scan()
	return err
}

// List returns the cameras that are connected now, the default one first.
func List() ([]media.Device, error) { return installed().list() }

func (s system) list() ([]media.Device, error) {
	found, err := s.devices()
	if err != nil {
		return nil, err
	}
	list := make([]media.Device, len(found))
	for i, d := range found {
		list[i] = d.Device
	}
	return list, nil
}

func (s system) devices() ([]device, error) {
	drivers, err := s.scan()
	if err != nil {
		return nil, fmt.Errorf("listing cameras: %w", err)
	}
	slices.SortFunc(drivers, func(a, b driver.Driver) int {
		return cmp.Or(cmp.Compare(b.Info().Priority, a.Info().Priority), cmp.Compare(a.Info().Label, b.Info().Label))
	})
	var found []device
	for _, d := range drivers {
		if described, ok := describe(d); ok {
			described.Default = len(found) == 0
			found = append(found, described)
		}
	}
	tellApart(found)
	return found, nil
}

// describe reads a driver's label and name. On Linux they are "by-id;node" and
// "card;bus"; a node without a card takes no pictures.
func describe(d driver.Driver) (device, bool) {
	id, node, _ := strings.Cut(d.Info().Label, ";")
	name, _, _ := strings.Cut(d.Info().Name, ";")
	name = strings.TrimSpace(name)
	if name == "" || id == "" {
		return device{}, false
	}
	return device{media.Device{Kind: media.Camera, ID: id, Name: name}, node, d}, true
}

// tellApart numbers cameras of the same name.
func tellApart(found []device) {
	seen := map[string]int{}
	for i := range found {
		name := found[i].Name
		if seen[name]++; seen[name] > 1 {
			found[i].Name = fmt.Sprintf("%s (%d)", name, seen[name])
		}
	}
}

// find returns the camera of a choice: the default one, or one by its id, its
// name in any case, or its device node.
func find(found []device, choice media.Choice) (device, error) {
	for _, d := range found {
		if choice == media.DefaultDevice || d.is(choice.String()) {
			return d, nil
		}
	}
	return device{}, ErrNoCamera
}

func (d device) is(name string) bool {
	node := strings.TrimPrefix(name, "/dev/")
	return d.ID == name || strings.EqualFold(d.Name, name) || d.node != "" && d.node == node
}
