package camera

import (
	"fmt"
	"slices"
	"strings"

	"parley/media"
)

// system finds cameras, the default one first.
type system struct {
	scan func() ([]device, error)
	held *held // cameras that are open; nil: any number of times
}

// device is a camera and how to drive it.
type device struct {
	media.Device
	serial string   // "" if it has none
	place  string   // where it is plugged in; "" if that is not known
	others []string // what else it is called by: nodes, links, what was its ID once
	start  func(want Format, stop <-chan struct{}) (grabber, error)
}

// Drivers returns nil if the program was built with camera drivers for this
// system, and ErrNoDriver otherwise. A build without C silently lacks them, so
// ask when starting.
func Drivers() error {
	_, err := installed().scan()
	return err
}

// List returns the cameras that are connected now, the default one first. Their
// IDs are those of the thing, not of the order in which they were plugged in.
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
	found, err := s.scan()
	if err != nil {
		return nil, fmt.Errorf("listing cameras: %w", err)
	}
	for i := range found {
		found[i].Default = i == 0
	}
	tellApart(found)
	return found, nil
}

// tellApart numbers cameras of the same name, and IDs should they be the same.
func tellApart(found []device) {
	names, ids := map[string]int{}, map[string]int{}
	for i := range found {
		d := &found[i]
		name, id := d.Name, d.ID
		if names[name]++; names[name] > 1 {
			d.Name = fmt.Sprintf("%s (%d)", name, names[name])
		}
		if ids[id]++; ids[id] > 1 {
			d.ID = fmt.Sprintf("%s.%d", id, ids[id])
		}
	}
}

// The marks in an ID: "name#serial@place".
const (
	serialMark = "#"
	placeMark  = "@"
)

// identity returns what tells a camera from all others, wherever in the order of
// nodes it comes to be: what it is and where it is plugged in. Those of one make
// often have no serial number, and then only the place tells them apart.
func (d device) identity() string {
	id := d.Name
	if d.serial != "" {
		id += serialMark + d.serial
	}
	return id + placeMark + d.place
}

// find returns the camera of a choice: the default one, or one by its ID, by its
// name in any case, by its node or another of its names. One with a serial number
// may be plugged in elsewhere; one without is only where it was, as what is of the
// same make elsewhere may look at something else.
func find(found []device, choice media.Choice) (device, error) {
	ways := []func(d device, text string) bool{
		func(device, string) bool { return choice == media.DefaultDevice },
		func(d device, text string) bool { return d.ID == text },
		device.isMoved,
		func(d device, text string) bool { return strings.EqualFold(d.Name, text) },
		func(d device, text string) bool { return slices.Contains(d.others, strings.TrimPrefix(text, "/dev/")) },
	}
	for _, is := range ways {
		for _, d := range found {
			if is(d, choice.String()) {
				return d, nil
			}
		}
	}
	return device{}, ErrNoCamera
}

// isMoved tells whether this is the camera of an ID, in another place.
func (d device) isMoved(id string) bool {
	i := strings.LastIndex(id, placeMark)
	return i > 0 && d.serial != "" && strings.HasPrefix(d.ID, id[:i]+placeMark)
}

// NameIn returns what to call the camera of a choice that is not there: of an ID
// the name in it, of all else its text.
func NameIn(choice media.Choice) string {
	text := choice.String()
	if i := strings.LastIndex(text, placeMark); i > 0 {
		text = text[:i]
		if j := strings.LastIndex(text, serialMark); j > 0 {
			text = text[:j]
		}
	}
	return text
}
