//go:build !linux

package screen

import "context"

// Regions tells whether a region can be shown, and not only what is whole.
const Regions = false

func pickRegion(context.Context) (Target, error) { return Target{}, ErrNoDriver }
