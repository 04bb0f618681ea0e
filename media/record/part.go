package record

import (
	"bytes"
	"fmt"
	"io"
	"time"

	"github.com/at-wat/ebml-go"
)

// File is where a part is written. An *os.File is one.
type File interface {
	io.WriterAt
	Truncate(size int64) error
	Sync() error
	Close() error
	Name() string
}

// headEnd is how many bytes what stands before the clusters has. Sixteen tracks with
// H.264's parameter sets take half of it. It is one block of a disk, which power cuts
// leave as it was or as it should be: the head is renewed in place.
const headEnd = 4096

// Clusters end after clusterTime or clusterBytes, whichever comes first. Times in
// one are 16 bits of milliseconds.
const (
	clusterTime  = time.Second
	clusterBytes = 1 << 20
)

// clusterBack is how far a frame may be before the cluster that it is in.
const clusterBack = 30 * time.Second

// cuePause is the least time between two places that players can jump to.
const cuePause = time.Second

// The numbers of Matroska's track types (RFC 9559 section 5.1.4.1.3).
const (
	videoTrack = 1
	audioTrack = 2
)

// part is one file. Its methods return the first error of writing; what was
// written until then can be played.
type part struct {
	file   File
	app    string
	title  string
	began  time.Time // what zero is, for the file's date
	kind   container
	tracks []trackEntry

	segment int64 // where the segment's content begins
	size    int64 // of what is written whole
	index   int64 // where the cues are, once they are
	length  time.Duration
	open    cluster
	cues    []cuePoint
	cued    time.Duration

	keeping chan error // the answer of a sync that is under way; nil: none is
	kept    time.Time  // when the last one began
}

// container is the kind of a file.
type container string

const (
	webm     container = "webm"
	matroska container = "matroska"
)

// extension returns what the names of such files end with.
func (c container) extension() string {
	if c == matroska {
		return ".mkv"
	}
	return ".webm"
}

// cluster is what is collected until it is written.
type cluster struct {
	begin  time.Duration
	end    time.Duration
	bytes  int
	cue    uint64 // the track of its first key frame, 0 for none
	blocks []ebml.Block
}

// newPart begins a file: its head has the tracks known so far.
func newPart(file File, kind container, began time.Time, title, app string) (*part, error) {
	p := &part{file: file, kind: kind, began: began, title: title, app: app, cued: -cuePause, kept: time.Now()}
	o := opening{EBML: ebmlHeader{
		EBMLVersion: 1, EBMLReadVersion: 1, EBMLMaxIDLength: 4, EBMLMaxSizeLength: 8,
		DocType: string(kind), DocTypeVersion: 4, DocTypeReadVersion: 2,
	}}
	var out bytes.Buffer
	if err := ebml.Marshal(&o, &out); err != nil {
		return nil, fmt.Errorf("record: encode the head: %w", err)
	}
	p.segment = int64(out.Len())
	out.Write(make([]byte, headEnd-out.Len()))
	fill, err := p.head()
	if err != nil {
		return nil, err
	}
	copy(out.Bytes()[p.segment:], fill)
	if err := p.append(out.Bytes()); err != nil {
		return nil, err
	}
	return p, nil
}

// head returns what stands before the clusters, with the room that is left.
func (p *part) head() ([]byte, error) {
	h := head{Info: info{
		TimecodeScale: uint64(time.Millisecond), Duration: float64(p.length.Milliseconds()),
		DateUTC: p.began.UTC(), Title: p.title, MuxingApp: "ebml-go", WritingApp: p.app,
	}}
	h.Tracks.Entry = p.tracks
	if p.index > 0 {
		h.SeekHead = &seekHead{[]seek{{ebml.ElementCues.Bytes(), uint64(p.index - p.segment)}}}
	}
	var out bytes.Buffer
	if err := ebml.Marshal(&h, &out); err != nil {
		return nil, fmt.Errorf("record: encode the head: %w", err)
	}
	return filledUp(&out, headEnd-int(p.segment))
}

// voidHead is how many bytes stand before the content of a Void element whose size
// has eight.
const voidHead = 9

// filledUp adds a Void element that makes the length right.
func filledUp(out *bytes.Buffer, length int) ([]byte, error) {
	left := length - out.Len() - voidHead
	if left < 0 {
		return nil, fmt.Errorf("record: %w: a head of %d bytes", errFull, out.Len())
	}
	v := struct {
		Void []byte `ebml:"Void"`
	}{make([]byte, left)}
	if err := ebml.Marshal(&v, out, ebml.WithDataSizeLen(8)); err != nil {
		return nil, fmt.Errorf("record: encode room: %w", err)
	}
	return out.Bytes(), nil
}

// renew writes the head again, with the tracks and the length of now.
func (p *part) renew() error {
	fill, err := p.head()
	if err != nil {
		return err
	}
	if _, err := p.file.WriteAt(fill, p.segment); err != nil {
		return fmt.Errorf("record: write the head: %w", err)
	}
	return nil
}

// append writes at the end, all or nothing.
func (p *part) append(data []byte) error {
	if _, err := p.file.WriteAt(data, p.size); err != nil {
		// Half a cluster would be the end of what some players show.
		if cut := p.file.Truncate(p.size); cut != nil {
			return fmt.Errorf("record: write: %w, and cut: %w", err, cut)
		}
		return fmt.Errorf("record: write: %w", err)
	}
	p.size += int64(len(data))
	return nil
}

// addTrack makes room for a stream. The head is renewed with the next cluster.
func (p *part) addTrack(t trackEntry) (number uint64, err error) {
	t.Number = uint64(len(p.tracks) + 1)
	t.UID = t.Number
	p.tracks = append(p.tracks, t)
	if _, err := p.head(); err != nil { // no room
		p.tracks = p.tracks[:len(p.tracks)-1]
		return 0, err
	}
	return t.Number, nil
}

// block adds a frame. Frames come in the order of their times, but for a little.
func (p *part) block(track uint64, at time.Duration, key bool, data []byte) error {
	picture := key && p.tracks[track-1].Type == videoTrack
	full := at-p.open.begin >= clusterTime || p.open.begin-at > clusterBack || p.open.bytes+len(data) > clusterBytes
	if len(p.open.blocks) > 0 && (full || picture && p.open.cue == 0) {
		if err := p.flush(); err != nil {
			return err
		}
	}
	c := &p.open
	if len(c.blocks) == 0 {
		*c = cluster{begin: at}
	}
	if c.cue == 0 && (picture || !p.hasPictures()) {
		c.cue = track
	}
	c.bytes += len(data)
	c.end = max(c.end, at)
	c.blocks = append(c.blocks, ebml.Block{
		TrackNumber: track, Timecode: int16((at - c.begin.Truncate(time.Millisecond)).Milliseconds()), Keyframe: key, Data: [][]byte{data},
	})
	return nil
}

func (p *part) hasPictures() bool {
	for _, t := range p.tracks {
		if t.Type == videoTrack {
			return true
		}
	}
	return false
}

// flush writes the cluster that is open, and the head.
func (p *part) flush() error {
	if len(p.open.blocks) == 0 {
		return nil
	}
	c := struct {
		Cluster struct {
			Timecode    uint64       `ebml:"Timecode"`
			SimpleBlock []ebml.Block `ebml:"SimpleBlock"`
		} `ebml:"Cluster"`
	}{}
	c.Cluster.Timecode = uint64(p.open.begin.Milliseconds())
	c.Cluster.SimpleBlock = p.open.blocks
	var out bytes.Buffer
	out.Grow(p.open.bytes + 16*len(p.open.blocks) + 32)
	if err := ebml.Marshal(&c, &out); err != nil {
		return fmt.Errorf("record: encode a cluster: %w", err)
	}
	at, before, open := p.size, p.length, p.open
	p.open, p.length = cluster{}, max(p.length, open.end)
	err := p.renew() // before the first block of a new track
	if err == nil {
		err = p.append(out.Bytes())
	}
	if err != nil {
		p.length = before
		return err
	}
	p.cue(open, at)
	return nil
}

// cue remembers where a cluster that can be jumped to is.
func (p *part) cue(c cluster, at int64) {
	if c.cue == 0 || c.begin-p.cued < cuePause {
		return
	}
	p.cued = c.begin
	point := cuePoint{Time: uint64(c.begin.Milliseconds())}
	point.Positions.Track, point.Positions.Cluster = c.cue, uint64(at-p.segment)
	p.cues = append(p.cues, point)
}
