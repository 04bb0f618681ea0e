package record

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"parley/media"
)

// disk is a File on a disk that is slow to keep what it takes in.
type disk struct {
	memory
	takes time.Duration // that a sync takes
	fails error         // of syncs
	hangs chan struct{} // a sync waits for it; nil: none does

	mu     sync.Mutex
	syncs  int
	now    int // syncs that are under way
	most   int // the most at once
	kept   []byte
	fresh  map[int]bool // blocks that were written since the last sync began
	length int          // of the file, at the last write
}

// diskBlock is what a disk writes whole or not at all, bytes.
const diskBlock = 4096

func (d *disk) WriteAt(p []byte, at int64) (int, error) {
	n, err := d.memory.WriteAt(p, at)
	d.mu.Lock()
	defer d.mu.Unlock()
	for b := int(at) / diskBlock; n > 0 && b <= (int(at)+n-1)/diskBlock; b++ {
		d.fresh[b] = true
	}
	d.length = max(d.length, int(at)+n)
	return n, err
}

// Sync keeps what is written when it begins.
func (d *disk) Sync() error {
	d.mu.Lock()
	keeps, fresh := d.content(), d.fresh
	d.fresh = map[int]bool{}
	d.syncs++
	d.now++
	d.most = max(d.most, d.now)
	d.mu.Unlock()
	if d.hangs != nil {
		<-d.hangs
	}
	if d.takes > 0 {
		<-time.After(d.takes) // in synctest's time
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now--
	if d.fails != nil {
		for b := range fresh {
			d.fresh[b] = true
		}
		return d.fails
	}
	d.kept = keeps
	return nil
}

// afterPowerCut returns what the disk may have, had the power failed now: what was
// kept, and of the blocks written since whichever it came to.
func (d *disk) afterPowerCut(chance *rand.Rand) []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	written := d.content()
	out := bytes.Clone(d.kept)
	for b := range d.fresh {
		if chance.IntN(2) == 0 {
			continue
		}
		from, to := b*diskBlock, min((b+1)*diskBlock, len(written))
		if to > len(out) {
			out = append(out, make([]byte, to-len(out))...)
		}
		copy(out[from:to], written[from:to])
	}
	return out
}

// on lets the parts of a recording be on a disk like d, and returns them.
func (d *disk) on(o *Options) *[]*disk {
	var parts []*disk
	o.Create = func(extension string, part int) (File, error) {
		p := &disk{
			memory: memory{name: fmt.Sprintf("%d%s", part, extension)},
			takes:  d.takes, fails: d.fails, hangs: d.hangs, fresh: map[int]bool{},
		}
		parts = append(parts, p)
		return p, nil
	}
	return &parts
}

// salvaged is what a reader finds in a damaged file: the tracks of its head, and
// the blocks up to the first nonsense.
type salvaged struct {
	tracks int
	blocks []salvagedBlock
}

type salvagedBlock struct {
	track int
	at    int // ms
	end   int // where it ends in the file
	data  []byte
}

// salvage reads as players do that follow the elements one after another (RFC 8794
// section 6), without a part of what wrote them.
func salvage(data []byte) (s salvaged) {
	const ebml, segment, tracks, entry, cluster, clock, simple = 0x1a45dfa3, 0x18538067, 0x1654ae6b, 0xae, 0x1f43b675, 0xe7, 0xa3
	cluster0, at := 0, 0
	for at < len(data) {
		id, size, content, ok := element(data, at)
		if !ok {
			return s
		}
		switch id {
		case segment, tracks, cluster: // look inside
			at = content
			continue
		case entry:
			s.tracks++
		case ebml: // nothing of interest
		case clock, simple:
			if content+size > len(data) {
				return s
			}
			body := data[content : content+size]
			if id == clock {
				cluster0 = 0
				for _, b := range body {
					cluster0 = cluster0<<8 | int(b)
				}
				break
			}
			if len(body) < 4 {
				return s
			}
			time := cluster0 + int(int16(binary.BigEndian.Uint16(body[1:])))
			s.blocks = append(s.blocks, salvagedBlock{int(body[0] &^ 0x80), time, content + size, body[4:]})
		}
		at = content + size
	}
	return s
}

// element reads the head of an element.
func element(data []byte, at int) (id, size, content int, ok bool) {
	n := idLength(data, at)
	if n == 0 || at+n >= len(data) {
		return 0, 0, 0, false
	}
	for _, b := range data[at : at+n] {
		id = id<<8 | int(b)
	}
	at += n
	m := idLength(data, at)
	if m == 0 || at+m > len(data) {
		return 0, 0, 0, false
	}
	size = int(data[at]) & (1<<(8-m) - 1)
	for _, b := range data[at+1 : at+m] {
		size = size<<8 | int(b)
	}
	return id, size, at + m, true
}

// idLength is how many bytes a number has that begins here; 0 for none.
func idLength(data []byte, at int) int {
	if at >= len(data) {
		return 0
	}
	for n := 1; n <= 8; n++ {
		if data[at]&(0x80>>(n-1)) != 0 {
			return n
		}
	}
	return 0
}

// last returns when the last block of a track is, in ms; -1 for none.
func (s salvaged) last(track int) int {
	last := -1
	for _, b := range s.blocks {
		if b.track == track {
			last = max(last, b.at)
		}
	}
	return last
}

// talk feeds a call of sound and pictures for a while.
func (f feed) talk(from, to time.Duration, also func(at time.Duration)) {
	f.run(from, to, func(at time.Duration) {
		f.sound(theirSound, at)
		f.sound(mySound, at)
		f.picture(theirPicture, "video/VP8", at, at%time.Second == 0, bytes.Repeat([]byte{byte(at / (20 * time.Millisecond))}, 700))
		f.picture(myPicture, "video/VP8", at, at%time.Second == 0, bytes.Repeat([]byte{7}, 300))
		if also != nil {
			also(at)
		}
	})
}

var _ media.Tap = (*Recorder)(nil)
