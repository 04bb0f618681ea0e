//go:build !linux

package camera

// start sets a camera going.
func (d device) start(want Format) (grabber, error) { return openDriver(d.driver, want, false) }
