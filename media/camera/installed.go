//go:build darwin || windows

package camera

import (
	"fmt"
	"strings"
	"sync"

	"github.com/pion/mediadevices/pkg/driver"
	drivers "github.com/pion/mediadevices/pkg/driver/camera"
)

// scanning keeps two scans apart: the registry of mediadevices belongs to the
// whole process, and so does its lock.
var scanning sync.Mutex

// installed returns the cameras of this machine.
func installed() system { return system{scan: scan, held: &inUse} }

// Trace returns a text that is another once a camera was plugged in or out. The systems
// tell which cameras there are without opening them.
func Trace() string {
	found, _ := scan() // which says why when one is to be opened
	var all strings.Builder
	for _, d := range found {
		fmt.Fprintln(&all, d.ID, d.Name)
	}
	return all.String()
}

// scan looks for cameras that came or went since the program started.
func scan() (found []device, err error) {
	scanning.Lock()
	defer scanning.Unlock()
	defer func() {
		if r := recover(); r != nil { // as AVFoundation's driver does on any error
			err = fmt.Errorf("looking for cameras: %v", r)
		}
	}()
	registry := driver.GetManager()
	cameras := driver.FilterDeviceType(driver.Camera)
	for _, d := range registry.Query(cameras) {
		registry.Delete(d.ID()) // otherwise each would be there twice
	}
	drivers.Initialize()
	return driven(registry.Query(cameras)), nil
}
