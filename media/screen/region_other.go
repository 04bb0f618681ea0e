//go:build !linux

package screen

import "context"

func pickRegion(context.Context) (Target, error) { return Target{}, ErrNoDriver }
