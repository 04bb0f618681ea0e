package camera

import (
	"cmp"
	"slices"
	"unsafe"

	"parley/media/codec"
)

// mode is one of the ways in which a device says that it can deliver pictures.
type mode struct {
	code          uint32
	width, height int
	rate          float64 // frames/s; 0 if the device does not tell
}

// What a device may tell, in questions: some never come to an end.
const (
	mostFormats   = 64
	mostSizes     = 128
	mostIntervals = 64
	mostQuestions = 4096
)

// inquiry asks a device for its modes.
type inquiry struct {
	video *videoDevice
	want  Format
	asked int
	found []mode
}

// modes returns what a device says that it can do, of formats that are
// understood, and of what it can do in steps what comes next to a wish.
func (v *videoDevice) modes(want Format) []mode {
	q := inquiry{video: v, want: want}
	for _, code := range v.codes() {
		q.sizes(code)
	}
	return q.found
}

// codes returns the pixel formats of a device that are understood.
func (v *videoDevice) codes() (found []uint32) {
	for i := range uint32(mostFormats) {
		d := v4lFormatDescription{index: i, kind: v4lCapture}
		if v.node.ioctl(askFormat, unsafe.Pointer(&d)) != nil {
			break
		}
		if pixels(d.code) != nil && !slices.Contains(found, d.code) {
			found = append(found, d.code)
		}
	}
	return found
}

func (q *inquiry) ask(request uintptr, arg unsafe.Pointer) bool {
	q.asked++
	return q.asked <= mostQuestions && q.video.node.ioctl(request, arg) == nil
}

func (q *inquiry) sizes(code uint32) {
	for i := range uint32(mostSizes) {
		s := v4lSize{index: i, code: code}
		if !q.ask(askSize, unsafe.Pointer(&s)) {
			if i == 0 { // some have no list, and take what they are asked for
				q.rates(mode{code: code, width: q.want.Width, height: q.want.Height})
			}
			return
		}
		if s.kind == v4lDiscrete {
			q.rates(mode{code: code, width: int(s.minWidth), height: int(s.maxWidth)}) // the first two of the union
			continue
		}
		q.rates(mode{
			code:   code,
			width:  stepped(q.want.Width, s.minWidth, s.maxWidth, s.stepX),
			height: stepped(q.want.Height, s.minHeight, s.maxHeight, s.stepY),
		})
		return // there is one range only
	}
}

// stepped returns what is next to a wish and not larger, if it can be, from least
// to most in steps.
func stepped(want int, least, most, step uint32) int {
	w := min(max(uint32(want), least), most)
	if step > 1 && w >= least {
		w -= (w - least) % step
	}
	return int(w)
}

// rates adds a size at each of its rates.
func (q *inquiry) rates(m mode) {
	if m.width < 1 || m.height < 1 || m.width > codec.MaxSide || m.height > codec.MaxSide || m.width*m.height > codec.MaxPixels {
		return
	}
	for i := range uint32(mostIntervals) {
		t := v4lInterval{index: i, code: m.code, width: uint32(m.width), height: uint32(m.height)}
		if !q.ask(askInterval, unsafe.Pointer(&t)) {
			if i == 0 {
				q.found = append(q.found, m)
			}
			return
		}
		m.rate = t.least.rate()
		if t.kind != v4lDiscrete { // from the most to the least rate
			m.rate = min(max(float64(q.want.Rate), t.most.rate()), t.least.rate())
			q.found = append(q.found, m)
			return
		}
		q.found = append(q.found, m)
	}
}

// mostAttempts is how many modes are tried of a device that refuses what it told.
const mostAttempts = 8

// attempts returns the modes in the order in which to try them: the best, then
// the best of the other pixel formats, then the rest, each size of a format once.
func attempts(modes []mode, want Format) []mode {
	byCost := slices.SortedStableFunc(slices.Values(modes), func(a, b mode) int {
		return cmp.Compare(a.offer().cost(want), b.offer().cost(want))
	})
	var order, rest []mode
	for _, m := range byCost {
		switch {
		case contains(order, m, mode.sameSize), contains(rest, m, mode.sameSize):
		case contains(order, m, mode.sameCode):
			rest = append(rest, m)
		default:
			order = append(order, m)
		}
	}
	order = append(order, rest...)
	return order[:min(len(order), mostAttempts)]
}

func contains(modes []mode, m mode, same func(a, b mode) bool) bool {
	return slices.ContainsFunc(modes, func(other mode) bool { return same(m, other) })
}

func (m mode) sameCode(other mode) bool { return m.code == other.code }

func (m mode) sameSize(other mode) bool {
	return m.sameCode(other) && m.width == other.width && m.height == other.height
}

func (m mode) offer() offer {
	return offer{m.width, m.height, m.rate, isJPEG(m.code)}
}
