package clip

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"image"
	"io"
	"strconv"
	"strings"
	"time"
)

// What a Y4M file may ask for; a hostile header must not cost memory.
const (
	maxSide   = 4096
	maxHeader = 1024 // bytes of a line
	minRate   = 1    // frames/s
	maxRate   = 240
)

// lineAhead is how much is read for the sake of a line, in bytes: more only costs
// copying, as planes are read by themselves.
const lineAhead = 4 << 10

// The errors of files that can be read but not used. They are found with errors.Is.
var (
	ErrFormat      = errors.New("not a file of this kind")
	ErrUnsupported = errors.New("layout is not supported")
	ErrTruncated   = errors.New("file ends in the middle")
)

// The marks of YUV4MPEG2, as mjpegtools' yuv4mpeg(5) gives them.
const (
	y4mMagic   = "YUV4MPEG2"
	frameMagic = "FRAME"
)

// Y4M describes a clip.
type Y4M struct {
	Width, Height int
	// Interval is the time from one frame to the next.
	Interval time.Duration
}

// Y4MReader reads the frames of a clip one by one, in 8 bit 4:2:0.
type Y4MReader struct {
	Y4M
	source io.ReadSeeker
	buffer *bufio.Reader
	start  int64 // of the first frame
	frames int   // since the start
	marked bool  // the mark of the next frame has been read
}

// NewY4MReader reads the header. The reader does not close source.
func NewY4MReader(source io.ReadSeeker) (*Y4MReader, error) {
	r := &Y4MReader{source: source, buffer: bufio.NewReaderSize(source, lineAhead)}
	line, err := r.line()
	if err != nil {
		return nil, fmt.Errorf("reading the header of a Y4M clip: %w", err)
	}
	if r.Y4M, err = parseHeader(line); err != nil {
		return nil, fmt.Errorf("reading the header of a Y4M clip: %w", err)
	}
	r.start = int64(len(line)) + 1
	return r, nil
}

// Read fills dst, a 4:2:0 picture of the clip's size, with the next frame. The
// error is io.EOF after the last.
func (r *Y4MReader) Read(dst *image.YCbCr) error {
	if dst.Rect.Dx() != r.Width || dst.Rect.Dy() != r.Height || dst.SubsampleRatio != image.YCbCrSubsampleRatio420 {
		return fmt.Errorf("reading a frame: %w: the picture is not %dx%d in 4:2:0", ErrUnsupported, r.Width, r.Height)
	}
	if err := r.mark(); err != nil {
		return err
	}
	r.marked = false
	if err := r.planes(dst); err != nil {
		return fmt.Errorf("reading frame %d: %w", r.frames, err)
	}
	r.frames++
	return nil
}

func (r *Y4MReader) mark() error {
	if r.marked {
		return nil
	}
	line, err := r.line()
	switch {
	case errors.Is(err, io.EOF) && len(line) == 0:
		return io.EOF
	case err != nil:
		return fmt.Errorf("reading frame %d: %w", r.frames, err)
	case !isMark(line, frameMagic):
		r.marked = bytes.HasSuffix(line, []byte(frameMagic))
		return fmt.Errorf("reading frame %d: %w: no frame mark", r.frames, ErrFormat)
	}
	return nil
}

// Skip goes on to the next mark of a frame after Read found none, which was
// ErrFormat. The error is io.EOF if there is none up to the end.
func (r *Y4MReader) Skip() error {
	for !r.marked {
		line, err := r.buffer.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
		r.marked = bytes.HasSuffix(line, []byte(frameMagic+"\n"))
	}
	return nil
}

// Rewind makes the first frame the next one.
func (r *Y4MReader) Rewind() error {
	if _, err := r.source.Seek(r.start, io.SeekStart); err != nil {
		return fmt.Errorf("rewinding a Y4M clip: %w", err)
	}
	r.buffer.Reset(r.source)
	r.frames, r.marked = 0, false
	return nil
}

func (r *Y4MReader) planes(dst *image.YCbCr) error {
	cw, ch := (r.Width+1)/2, (r.Height+1)/2
	if err := r.plane(dst.Y, dst.YStride, r.Width, r.Height); err != nil {
		return err
	}
	if err := r.plane(dst.Cb, dst.CStride, cw, ch); err != nil {
		return err
	}
	return r.plane(dst.Cr, dst.CStride, cw, ch)
}

func (r *Y4MReader) plane(dst []byte, stride, w, h int) error {
	if stride == w { // in one go: what is longer than the buffer passes by it
		_, err := io.ReadFull(r.buffer, dst[:w*h])
		return truncated(err)
	}
	for y := range h {
		if _, err := io.ReadFull(r.buffer, dst[y*stride:y*stride+w]); err != nil {
			return truncated(err)
		}
	}
	return nil
}

// line returns the bytes up to the next line feed, which it skips. It is valid
// until the next read.
func (r *Y4MReader) line() ([]byte, error) {
	line, err := r.buffer.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull) || len(line) > maxHeader:
		return nil, fmt.Errorf("%w: a line of more than %d bytes", ErrFormat, maxHeader)
	case errors.Is(err, io.EOF) && len(line) == 0:
		return nil, io.EOF
	case err != nil:
		return line, truncated(err)
	}
	return line[:len(line)-1], nil
}

// truncated names an end that came too early.
func truncated(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return ErrTruncated
	}
	return err
}

// isMark tells whether a line is this word, with or without parameters.
func isMark(line []byte, word string) bool {
	rest, found := bytes.CutPrefix(line, []byte(word))
	return found && (len(rest) == 0 || rest[0] == ' ')
}

func parseHeader(line []byte) (Y4M, error) {
	if !isMark(line, y4mMagic) {
		return Y4M{}, fmt.Errorf("%w: no %s", ErrFormat, y4mMagic)
	}
	clip := Y4M{Interval: time.Second / 30}
	for _, field := range strings.Fields(string(line[len(y4mMagic):])) {
		if err := clip.parameter(field[0], field[1:]); err != nil {
			return Y4M{}, fmt.Errorf("parameter %.20q: %w", field, err)
		}
	}
	if clip.Width == 0 || clip.Height == 0 {
		return Y4M{}, fmt.Errorf("%w: no size", ErrFormat)
	}
	return clip, nil
}

// parameter takes one parameter of the header. Aspect and comments (X) are of no
// use here; of interlacing only its absence is understood.
func (c *Y4M) parameter(tag byte, value string) (err error) {
	switch tag {
	case 'W':
		c.Width, err = parseSide(value)
	case 'H':
		c.Height, err = parseSide(value)
	case 'F':
		c.Interval, err = parseRate(value)
	case 'I':
		if value != "p" && value != "?" {
			err = fmt.Errorf("%w: interlaced", ErrUnsupported)
		}
	case 'C':
		err = parseColour(value)
	}
	return err
}

func parseSide(value string) (int, error) {
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 {
		return 0, ErrFormat
	}
	if n > maxSide {
		return 0, fmt.Errorf("%w: more than %d", ErrUnsupported, maxSide)
	}
	return n, nil
}

// parseRate reads a ratio such as 30000:1001, in frames a second.
func parseRate(value string) (time.Duration, error) {
	over, under, found := strings.Cut(value, ":")
	n, err := strconv.ParseUint(over, 10, 31)
	d, derr := strconv.ParseUint(under, 10, 31)
	if !found || err != nil || derr != nil {
		return 0, ErrFormat
	}
	if n == 0 || d == 0 || n < minRate*d || n > maxRate*d {
		return 0, fmt.Errorf("%w: not %d to %d frames/s", ErrUnsupported, minRate, maxRate)
	}
	return time.Duration(uint64(time.Second) * d / n), nil
}

// parseColour takes the layouts of 8 bit 4:2:0, which differ in where exactly
// the chroma samples sit.
func parseColour(value string) error {
	switch value {
	case "420", "420jpeg", "420mpeg2", "420paldv":
		return nil
	}
	return fmt.Errorf("%w: only 8 bit 4:2:0 is", ErrUnsupported)
}

// Y4MWriter writes a clip.
type Y4MWriter struct {
	Y4M
	out *bufio.Writer
}

// NewY4MWriter writes the header of a clip. Call Flush at the end.
func NewY4MWriter(out io.Writer, clip Y4M) (*Y4MWriter, error) {
	if clip.Width < 1 || clip.Height < 1 || clip.Interval <= 0 {
		return nil, fmt.Errorf("writing a Y4M clip: %w: %dx%d every %v", ErrUnsupported, clip.Width, clip.Height, clip.Interval)
	}
	w := &Y4MWriter{clip, bufio.NewWriterSize(out, 1<<16)}
	over, under := ratio(clip.Interval)
	_, err := fmt.Fprintf(w.out, "%s W%d H%d F%d:%d Ip A1:1 C420jpeg\n", y4mMagic, clip.Width, clip.Height, over, under)
	if err != nil {
		return nil, fmt.Errorf("writing the header of a Y4M clip: %w", err)
	}
	return w, nil
}

// ratio returns an interval as frames a second: whole ones where they are meant,
// then those of television, then to the microsecond.
func ratio(interval time.Duration) (over, under int64) {
	rate := float64(time.Second) / float64(interval)
	for _, under := range []int64{1, 1001} {
		over := int64(rate*float64(under) + 0.5)
		if under == 1001 {
			over = (over + 500) / 1000 * 1000
		}
		if off := interval - time.Duration(int64(time.Second)*under/max(over, 1)); -time.Microsecond < off && off < time.Microsecond {
			return over, under
		}
	}
	return int64(time.Second / time.Microsecond), max(1, int64(interval/time.Microsecond))
}

// Write adds a frame, 4:2:0 in the clip's size.
func (w *Y4MWriter) Write(src *image.YCbCr) error {
	if src.Rect.Dx() != w.Width || src.Rect.Dy() != w.Height || src.SubsampleRatio != image.YCbCrSubsampleRatio420 {
		return fmt.Errorf("writing a frame: %w: the picture is not %dx%d in 4:2:0", ErrUnsupported, w.Width, w.Height)
	}
	cw, ch := (w.Width+1)/2, (w.Height+1)/2
	_, err := w.out.WriteString(frameMagic + "\n")
	err = errors.Join(err,
		w.plane(src.Y, src.YStride, w.Width, w.Height),
		w.plane(src.Cb, src.CStride, cw, ch),
		w.plane(src.Cr, src.CStride, cw, ch))
	if err != nil {
		return fmt.Errorf("writing a frame: %w", err)
	}
	return nil
}

func (w *Y4MWriter) plane(src []byte, stride, width, height int) error {
	for y := range height {
		if _, err := w.out.Write(src[y*stride : y*stride+width]); err != nil {
			return err
		}
	}
	return nil
}

// Flush hands on what is still in memory.
func (w *Y4MWriter) Flush() error {
	if err := w.out.Flush(); err != nil {
		return fmt.Errorf("finishing a Y4M clip: %w", err)
	}
	return nil
}
