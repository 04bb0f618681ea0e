package clip

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// maxJPEG bounds a picture of motion JPEG, in bytes: what does not end is not
// kept. The largest that are decoded, 4096x2304, are a tenth of it.
const maxJPEG = 16 << 20

// The markers of JPEG (ITU-T T.81, table B.1) that say where a picture ends.
const (
	jpegTEM = 0x01
	jpegRST = 0xd0 // to 0xd7
	jpegSOI = 0xd8
	jpegEOI = 0xd9
	jpegSOS = 0xda
)

// ErrGarbage says that bytes were left out which are no picture. The reader goes
// on behind them.
var ErrGarbage = errors.New("bytes that are no picture")

// MJPEGReader splits a file of JPEGs, one after the other, into its pictures. It
// looks at their markers only; whether a picture can be decoded is not known
// before somebody does.
type MJPEGReader struct {
	source  io.ReadSeeker
	buffer  *bufio.Reader
	picture []byte
}

// NewMJPEGReader reads from where source is. The reader does not close it.
func NewMJPEGReader(source io.ReadSeeker) *MJPEGReader {
	return &MJPEGReader{source: source, buffer: bufio.NewReaderSize(source, 1<<16)}
}

// Next returns the bytes of the next picture, valid until the next call. The
// error is io.EOF after the last; after ErrGarbage, and ErrTruncated of a picture
// whose end the file lacks, Next goes on.
func (r *MJPEGReader) Next() ([]byte, error) {
	skipped, err := r.begin()
	if err != nil {
		return nil, err
	}
	if skipped > 0 {
		return nil, fmt.Errorf("looking for a picture: %w: %d", ErrGarbage, skipped)
	}
	r.picture = r.picture[:0]
	if err := r.whole(); err != nil {
		if errors.Is(err, io.EOF) {
			err = ErrTruncated
		}
		return nil, fmt.Errorf("reading a picture: %w", err)
	}
	return r.picture, nil
}

// Rewind makes the first picture of the file the next one.
func (r *MJPEGReader) Rewind() error {
	if _, err := r.source.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("rewinding a motion JPEG clip: %w", err)
	}
	r.buffer.Reset(r.source)
	return nil
}

// begin moves to the next start of a picture, and returns how many bytes it left
// out for that. At the end of the file those are no news.
func (r *MJPEGReader) begin() (skipped int, err error) {
	for {
		head, err := r.buffer.Peek(3)
		if err != nil {
			return 0, r.end(err)
		}
		if head[0] == 0xff && head[1] == jpegSOI && head[2] == 0xff {
			return skipped, nil
		}
		if _, err := r.buffer.Discard(1); err != nil {
			return 0, err
		}
		skipped++
	}
}

// end forgets the last bytes, so that the error stays.
func (r *MJPEGReader) end(err error) error {
	if _, discarded := r.buffer.Discard(r.buffer.Buffered()); discarded != nil {
		return discarded
	}
	return err
}

// whole takes a picture from its start to its end.
func (r *MJPEGReader) whole() error {
	for {
		mark, err := r.mark()
		switch {
		case err != nil:
			return err
		case mark == jpegEOI:
			return nil
		case mark == jpegSOI, mark == jpegTEM, mark >= jpegRST && mark < jpegSOI: // stand alone
		default:
			if err := r.segment(); err != nil {
				return err
			}
			if mark == jpegSOS {
				if err := r.scan(); err != nil {
					return err
				}
			}
		}
	}
}

// mark takes a marker, before which there may be any number of fill bytes. The
// start of the next picture is left alone.
func (r *MJPEGReader) mark() (byte, error) {
	for {
		next, err := r.buffer.Peek(2)
		switch {
		case err != nil:
			return 0, r.end(err)
		case next[0] != 0xff || next[1] == 0:
			return 0, ErrGarbage
		case next[1] == jpegSOI && len(r.picture) > 0:
			return 0, ErrTruncated
		}
		mark := next[1]
		if mark == 0xff { // fill byte
			if _, err := r.take(); err != nil {
				return 0, err
			}
			continue
		}
		return mark, r.takeMany(2)
	}
}

// segment takes a segment that begins with its length.
func (r *MJPEGReader) segment() error {
	high, err := r.take()
	if err != nil {
		return err
	}
	low, err := r.take()
	if err != nil {
		return err
	}
	length := int(high)<<8 | int(low)
	if length < 2 {
		return ErrGarbage
	}
	return r.takeMany(length - 2)
}

// scan takes entropy coded data up to the next marker that ends it.
func (r *MJPEGReader) scan() error {
	for {
		next, err := r.buffer.Peek(2)
		if err != nil {
			return r.end(err)
		}
		if next[0] == 0xff && next[1] == jpegSOI { // of the next picture: this one has no end
			return ErrTruncated
		}
		if next[0] == 0xff && next[1] != 0 && next[1] != 0xff && next[1]&0xf8 != jpegRST {
			return nil
		}
		if err := r.takeMany(max(1, r.plain())); err != nil {
			return err
		}
	}
}

// plain returns how many bytes come before the next that could be a marker's, as
// far as the buffer goes.
func (r *MJPEGReader) plain() int {
	waiting, err := r.buffer.Peek(r.buffer.Buffered())
	if err != nil {
		return 0
	}
	if n := bytes.IndexByte(waiting, 0xff); n >= 0 {
		return n
	}
	return len(waiting)
}

func (r *MJPEGReader) take() (byte, error) {
	if err := r.takeMany(1); err != nil {
		return 0, err
	}
	return r.picture[len(r.picture)-1], nil
}

func (r *MJPEGReader) takeMany(n int) error {
	if len(r.picture)+n > maxJPEG {
		return ErrGarbage
	}
	for n > 0 {
		if _, err := r.buffer.Peek(1); err != nil {
			return err
		}
		some, err := r.buffer.Peek(min(n, r.buffer.Buffered()))
		if err != nil {
			return err
		}
		r.picture = append(r.picture, some...)
		n -= len(some)
		if _, err := r.buffer.Discard(len(some)); err != nil {
			return err
		}
	}
	return nil
}
