package record

import "parley/media"

// mostOfPart is how long a file may become. FAT32, which most sticks and cards have,
// takes no byte more than 4 GiB less one, and what stands at the end, of a day at most,
// needs room, too.
const mostOfPart = 4<<30 - 32<<20

// turnShare is for how much of a part, of its end, the next may begin where it suits.
const turnShare = 64

// turns reports whether another part begins with a frame, because this one is long
// enough. For some time that is so with a key frame only, for which it asks, so that no
// picture is missing between the two; where there are no pictures every packet will do.
func (m *mux) turns(h *held) bool {
	size := m.part.size + int64(m.part.open.bytes)
	switch {
	case size < m.most-m.most/turnShare:
		return false
	case size >= m.most || !m.part.hasPictures():
		return true
	}
	m.ask(h)
	return h.Key && h.Channel.Kind == media.Video
}
