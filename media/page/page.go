// Package page chooses how coarsely the pictures of a screen are encoded, so that a
// page of text is on the other side soon and becomes sharp after that, whatever the
// path carries. It knows no codec but the scale of H.264's quantizers, and has no
// clock.
//
// Text keeps its size, for what is made smaller cannot be read; it is coarse first.
// 15 point letters can be read from about the quantizer 48 down, and a page full of
// them takes half the bits there that it takes at 36, from where on encoders begin.
package page

import (
	"image"
	"math"
	"time"
)

// The quantizers of H.264 (Recommendation H.264, section 7.4.2.1.1).
const (
	Finest   = 18 // beyond which text does not look better
	readable = 45 // text is: nothing coarser is taken for the sake of speed alone
	Coarsest = 51
	// settled is from where on nothing that stands still is encoded again: OpenH264
	// leaves alone what is as fine.
	settled = 26
	// refines is by how much finer a picture must be for what stands still in it to be
	// encoded again: OpenH264 leaves the rest alone.
	refines = 6
)

// For how long a picture may fill the path.
const (
	keyTime     = time.Second             // one that is whole, if it can be read then
	mostTime    = 2500 * time.Millisecond // and if it cannot
	leastFrame  = time.Second / 15        // one that shows a change
	mostFrame   = time.Second / 4
	refineBusy  = 300 * time.Millisecond // one that refines while much moves
	refineOwed  = time.Second            // when that has been going on for owedFor
	refineStill = 2 * time.Second        // and while little does
	owedFor     = 3 * time.Second
	gate        = 100 * time.Millisecond // what may be left of the last, for another to be made
)

const (
	// stillFor is how long little has changed until a page is taken to stand still.
	// Much is what this share of it, or more, has changed in about a while: letters
	// that are typed, and what blinks, are less.
	stillFor = 300 * time.Millisecond
	much     = 0.02
	while    = 500 * time.Millisecond
)

// How many bits pictures take, as measured with OpenH264 and a dense page of text:
// (zero - quantizer)^bend, within 7 % from 51 to 27. What is encoded again takes
// again of that for each step that it becomes finer.
const (
	zero  = 57.0
	bend  = 1.17
	again = 0.06
	// usualCost is what a strip takes at first guess, in bits per unit of the curve.
	usualCost  = 1.3
	mostRatio  = 8.0
	leastRatio = 0.25
	// judged is from which share of the page on a change tells how much others take.
	judged = 0.01
)

func curve(quantizer int) float64 { return math.Pow(zero-float64(quantizer), bend) }

// Control chooses the quantizers for one stream of pictures of one size. For each,
// Next is called, and Sent if it was encoded. The zero value is ready when it is told
// a rate.
type Control struct {
	rate   float64 // bit/s
	cost   float64 // bits that a strip takes, per unit of the curve
	ratio  float64 // of what a change takes to what its strips would
	debt   float64 // bits that have not left at this rate
	at     time.Time
	sent   time.Time // when a picture was captured last that was encoded
	last   int       // its quantizer, at which the encoder takes all of it to be
	coarse int       // the coarsest quantizer of what is shown
	area   float64   // strips that were encoded so coarsely
	base   int       // the quantizer of the others
	since  time.Time // when the first of them was, or they were refined
	motion float64   // strips that have changed in a while
	moved  time.Time // when those were many
	prints prints

	picture
	begun bool
}

// picture is what is being encoded.
type picture struct {
	quantizer   int
	busy, fresh float64 // strips that are not of one colour, and those that are new
}

// SetRate tells what the path carries, in bit/s.
func (c *Control) SetRate(bps int) { c.rate = float64(bps) }

// Next returns the quantizer for a picture that was captured at at, which may have to
// be a key frame. It returns false if what was sent before has not left yet: then the
// picture is left out.
func (c *Control) Next(p *image.YCbCr, at time.Time, key bool) (quantizer int, ok bool) {
	if !c.at.IsZero() {
		c.debt = max(0, c.debt-c.rate*max(at.Sub(c.at), 0).Seconds())
	}
	c.at = at
	if !key && c.debt > c.rate*gate.Seconds() {
		return 0, false
	}
	busy, fresh := c.prints.look(p)
	c.busy, c.fresh = float64(busy), float64(fresh)
	if key || !c.begun {
		c.quantizer = c.whole()
		return c.quantizer, true
	}
	c.motion = c.fresh + c.motion*math.Exp(-at.Sub(c.sent).Seconds()/while.Seconds())
	if c.fresh > 0 && c.motion > much*c.busy {
		c.moved = at
	}
	c.quantizer = c.change()
	return c.quantizer, true
}

// Again reports whether a key frame of so many bytes is far more than the path bears,
// and with which quantizer it is to be encoded once more, in its place.
func (c *Control) Again(bytes int) (quantizer int, ok bool) {
	c.learn(bytes)
	q := c.whole()
	if q <= c.quantizer+1 {
		return 0, false
	}
	c.quantizer = q
	return q, true
}

// Sent takes how many bytes the picture of the last Next took, and whether it is a key
// frame.
func (c *Control) Sent(bytes int, key bool) {
	c.debt += 8 * float64(bytes)
	c.prints.keep()
	switch {
	case key || !c.begun:
		c.begun = true
		c.learn(bytes)
		c.coarse, c.base, c.area, c.since = c.quantizer, c.quantizer, c.busy, c.at
	case c.renews(c.quantizer):
		c.coarse, c.base, c.since = c.quantizer, min(c.base, c.quantizer), c.at
	default:
		c.changed(bytes)
	}
	if c.coarse <= settled {
		c.area = 0
	}
	c.sent, c.last = c.at, c.quantizer
}

// renews reports whether a quantizer has what stands still encoded again.
func (c *Control) renews(quantizer int) bool {
	return c.area > 0 && c.last > settled && quantizer <= c.last-refines
}

// learn takes from a whole picture what its strips take.
func (c *Control) learn(bytes int) {
	c.cost = 8 * float64(bytes) / (curve(c.quantizer) * max(c.busy, 1))
	c.ratio = 1
}

// changed takes from a picture that shows a change what such take.
func (c *Control) changed(bytes int) {
	if c.fresh >= judged*c.busy && c.cost > 0 {
		took := 8 * float64(bytes) / (c.cost * curve(c.quantizer) * c.fresh)
		c.ratio = min(max((c.ratio+took)/2, leastRatio), mostRatio)
	}
	if c.fresh == 0 || c.quantizer <= settled {
		return
	}
	if c.area == 0 {
		c.coarse, c.since = c.quantizer, c.at
	}
	c.coarse, c.area = max(c.coarse, c.quantizer), min(c.busy, c.area+c.fresh)
}

// bits is about what so many strips take.
func (c *Control) bits(strips float64, quantizer int) float64 {
	cost := c.cost
	if cost == 0 {
		cost = usualCost
	}
	return cost * strips * curve(quantizer)
}

// within returns the finest quantizer with which so many strips take no longer than
// so much time. Where that could not be read it may be longer.
func (c *Control) within(strips float64, t time.Duration, finest int) int {
	for q := finest; q < readable; q++ {
		if c.bits(strips, q) <= c.rate*t.Seconds() {
			return q
		}
	}
	for q := max(readable, finest); q < Coarsest; q++ {
		if c.bits(strips, q) <= c.rate*mostTime.Seconds() {
			return q
		}
	}
	return Coarsest
}

func (c *Control) whole() int { return c.within(c.busy, keyTime, Finest) }

// change is for a picture that others have gone before. What stands still in it is
// encoded again as well, or left alone, by how fine the picture is.
func (c *Control) change() int {
	if q, ok := c.refine(); ok {
		return q
	}
	finest := Finest
	if c.area > 0 {
		finest = max(settled+1, c.last-refines+1) // and that can go on
	}
	frame := min(max(c.at.Sub(c.sent), leastFrame), mostFrame)
	return c.within(c.ratio*c.fresh, frame, finest)
}

// refine returns with which quantizer what is coarse becomes finer, if there is the
// time for it.
func (c *Control) refine() (quantizer int, ok bool) {
	if c.area == 0 {
		return 0, false
	}
	rests := c.at.Sub(c.moved) >= stillFor
	room := c.rate * refineBusy.Seconds()
	switch {
	case rests:
		room = c.rate * refineStill.Seconds()
	case c.at.Sub(c.since) >= owedFor:
		room = c.rate * refineOwed.Seconds()
	}
	least := c.last - refines
	for q := Finest; q <= least; q++ {
		strips := c.ratio*c.fresh + c.area*finer(c.coarse, q) + (c.busy-c.area)*finer(c.base, q)
		if c.bits(strips, q) <= room {
			return q, true
		}
	}
	if least < c.coarse-refines {
		return c.coarse, rests // which changes nothing, but the next may be less fine
	}
	return least, rests
}

// finer is the share that a picture takes again of what it takes with a quantizer,
// when it has been shown with another.
func finer(before, quantizer int) float64 {
	return min(1, again*float64(max(0, before-quantizer)))
}
