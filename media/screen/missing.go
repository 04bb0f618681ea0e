//go:build !linux && !darwin && !windows

package screen

import (
	"context"

	"parley/media/camera"
)

func asks() bool { return false }

func list(context.Context) ([]Item, error) { return nil, ErrNoDriver }

func open(context.Context, Target, camera.Format) (camera.Source, error) { return nil, ErrNoDriver }
