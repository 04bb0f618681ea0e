//go:build !linux && !darwin && !windows

package camera

import "github.com/pion/mediadevices/pkg/driver"

func installed() system {
	return system{scan: func() ([]driver.Driver, error) { return nil, ErrNoDriver }}
}
