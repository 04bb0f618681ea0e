package album

import (
	"errors"
	"io/fs"
	"slices"
)

// Fault tells why something cannot be written, as far as the user can mend it.
type Fault uint8

// The faults.
const (
	OtherFault Fault = iota
	DiskFull
	NotAllowed // the folder or its disk cannot be written to
)

// FaultOf sorts an error of writing.
func FaultOf(err error) Fault {
	same := func(target error) bool { return errors.Is(err, target) }
	switch {
	case slices.ContainsFunc(fulls(), same):
		return DiskFull
	case errors.Is(err, fs.ErrPermission), slices.ContainsFunc(readOnlys(), same):
		return NotAllowed
	}
	return OtherFault
}
