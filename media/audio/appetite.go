package audio

import (
	"slices"

	"parley/media/audio/device"
)

// appetite is how much the speaker takes at a time: of its last takings, which are those
// of half a second or less, the usual, and the least and the most, but for one of each,
// which may have been late or in pieces by accident.
type appetite struct {
	takings            [48]int
	noted              int
	asked              uint64
	least, usual, most int
}

// note takes note of what was taken last.
func (a *appetite) note(d device.Demand) {
	if d.Asked == a.asked && a.noted > 0 {
		return
	}
	a.asked = d.Asked
	a.takings[a.noted%len(a.takings)] = d.Last
	a.noted++
	sorted := a.takings
	known := sorted[:min(a.noted, len(sorted))]
	slices.Sort(known)
	but := 0
	if len(known) > 2 {
		but = 1
	}
	a.least, a.usual, a.most = known[but], known[len(known)/2], known[len(known)-1-but]
}

// short returns by how much less than usual that was: what is left is likely to be
// taken beside the usual next time.
func (a *appetite) short(d device.Demand) int { return max(0, a.usual-d.Last) }
