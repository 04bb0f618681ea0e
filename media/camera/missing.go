//go:build !linux && !darwin && !windows

package camera

func installed() system {
	return system{scan: func() ([]device, error) { return nil, ErrNoDriver }}
}
