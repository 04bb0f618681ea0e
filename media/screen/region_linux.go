package screen

import (
	"context"
	"errors"
	"fmt"
	"image"
	"time"

	"parley/media/screen/x11"
)

// Regions tells whether a region can be shown, and not only what is whole.
const Regions = true

// How often the hand is looked at that draws a region, and for how long the
// pointer is tried to be had, which is another's while a button is held.
const (
	handEvery = time.Second / 60
	grabTime  = 2 * time.Second
)

func pickRegion(ctx context.Context) (Target, error) {
	if asks() {
		return Target{}, ErrNoDriver
	}
	conn, err := dial(ctx)
	if err != nil {
		return Target{}, err
	}
	t, err := pickOn(ctx, conn)
	return t, errors.Join(err, conn.Close())
}

func pickOn(ctx context.Context, conn *x11.Conn) (Target, error) {
	monitors, err := conn.Monitors()
	if err != nil {
		return Target{}, err
	}
	panes := make([]pane, len(monitors))
	for i, m := range monitors {
		panes[i] = pane{m.Name, m.Area}
	}
	ticker := time.NewTicker(handEvery)
	defer ticker.Stop()
	if err := grab(ctx, conn, ticker.C); err != nil {
		return Target{}, err
	}
	r, err := draw(ctx, conn, ticker.C)
	if err := errors.Join(err, conn.Ungrab()); err != nil {
		return Target{}, err
	}
	return regionOf(panes, r)
}

// grab takes the pointer and the keyboard as soon as they can be had.
func grab(ctx context.Context, conn *x11.Conn, tick <-chan time.Time) error {
	for until := time.Now().Add(grabTime); ; {
		switch had, err := conn.Grab(); {
		case err != nil:
			return err
		case had:
			return nil
		case time.Now().After(until):
			return fmt.Errorf("%w: another program holds the pointer", ErrNoDriver)
		}
		if err := pause(ctx, tick); err != nil {
			return err
		}
	}
}

func pause(ctx context.Context, tick <-chan time.Time) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-tick:
		return nil
	}
}

// draw lets the user drag a rectangle, with a border around it.
func draw(ctx context.Context, conn *x11.Conn, tick <-chan time.Time) (image.Rectangle, error) {
	held, err := conn.Keys()
	if err != nil {
		return image.Rectangle{}, err
	}
	hand, err := conn.Hand()
	if err != nil {
		return image.Rectangle{}, err
	}
	d := drag{ready: !hand.First}
	border := newOutline(conn)
	for {
		if err := pause(ctx, tick); err != nil {
			return image.Rectangle{}, err
		}
		hand, err := conn.Hand()
		if err != nil {
			return image.Rectangle{}, err
		}
		keys, err := conn.Keys()
		if err != nil {
			return image.Rectangle{}, err
		}
		if hand.Other || pressed(held, keys) {
			return image.Rectangle{}, ErrDenied
		}
		held = keys
		r, done := d.take(hand.At, hand.First)
		if done {
			return r, nil
		}
		border.show(conn, around(r, image.Rectangle{Max: conn.Size}))
	}
}

// pressed tells whether a key is down that was not.
func pressed(before, now [32]byte) bool {
	for i := range now {
		if now[i]&^before[i] != 0 {
			return true
		}
	}
	return false
}
