package x11

import (
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"
	"net"

	"golang.org/x/sys/unix"
)

// Segment is memory into which a server copies pixels: shared with it, where it
// is on this computer, and otherwise filled from the connection.
type Segment struct {
	Pixels []byte

	conn *Conn
	id   ID // 0: not shared
}

// NewSegment makes room for this many bytes.
func (c *Conn) NewSegment(size int) (*Segment, error) {
	if size < 1 {
		return nil, fmt.Errorf("making room for %d bytes: %w", size, unix.EINVAL)
	}
	socket, local := c.conn.(*net.UnixConn)
	if !local || !c.canPassFD {
		return &Segment{Pixels: make([]byte, size), conn: c}, nil
	}
	fd, pixels, err := shareable(size)
	if err != nil {
		return nil, fmt.Errorf("making memory to share: %w", err)
	}
	s := &Segment{Pixels: pixels, conn: c, id: c.NewID()}
	if err := errors.Join(c.pass(socket, s.id, fd), unix.Close(fd)); err != nil {
		return nil, errors.Join(fmt.Errorf("sharing memory with the display: %w", err), unix.Munmap(pixels))
	}
	return s, nil
}

// shareable makes memory with a descriptor. It is sealed: a server that could
// shrink it could end the program.
func shareable(size int) (fd int, pixels []byte, err error) {
	fd, err = unix.MemfdCreate("parley-screen", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return 0, nil, err
	}
	err = unix.Ftruncate(fd, int64(size))
	if err == nil {
		_, err = unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, unix.F_SEAL_SHRINK|unix.F_SEAL_GROW|unix.F_SEAL_SEAL)
	}
	if err == nil {
		pixels, err = unix.Mmap(fd, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	}
	if err != nil {
		return 0, nil, errors.Join(err, unix.Close(fd))
	}
	return fd, pixels, nil
}

// pass gives the server a descriptor, with the request that says what it is.
func (c *Conn) pass(socket *net.UnixConn, id ID, fd int) error {
	if err := c.Check(); err != nil { // so that nothing else is on the way
		return err
	}
	const writable = 0
	c.Send(c.shm.major, shmAttachFD, uint32(id), writable)
	request := c.out
	c.out = c.out[:0]
	n, _, err := socket.WriteMsgUnix(request, unix.UnixRights(fd), nil)
	if err != nil {
		return c.fail(err)
	}
	if n < len(request) {
		return c.fail(io.ErrShortWrite)
	}
	return c.Check()
}

// Close gives the memory back. It is used no more, not even after an error.
func (s *Segment) Close() error {
	pixels := s.Pixels
	s.Pixels = nil
	if s.id == 0 || pixels == nil {
		return nil
	}
	s.conn.Send(s.conn.shm.major, shmDetach, uint32(s.id))
	return unix.Munmap(pixels)
}

// allPlanes asks for every bit of a pixel, and zPixmap for whole pixels.
const (
	allPlanes = 0xffffffff
	zPixmap   = 2
)

// Copy copies an area of a drawable to Pixels[offset:], row by row without gaps,
// four bytes a pixel. The area must be within the drawable and the pixels within
// the segment.
func (s *Segment) Copy(drawable ID, area image.Rectangle, offset int) error {
	size := 4 * area.Dx() * area.Dy()
	if area.Empty() || offset < 0 || size > len(s.Pixels)-offset {
		return fmt.Errorf("copying %v to %d of %d bytes: %w", area, offset, len(s.Pixels), unix.EINVAL)
	}
	at, extent := pair(area.Min.X, area.Min.Y), pair(area.Dx(), area.Dy())
	if s.id == 0 {
		return s.conn.getImage(drawable, at, extent, s.Pixels[offset:offset+size])
	}
	s.conn.Send(s.conn.shm.major, shmGetImage, uint32(drawable), at, extent, allPlanes, zPixmap, uint32(s.id), uint32(offset)) //nolint:gosec // within the segment
	return s.conn.answer()
}

// getImage copies pixels over the connection, in requests whose answers are
// within maxReply.
func (c *Conn) getImage(drawable ID, at, extent uint32, into []byte) error {
	stride, rows := 4*int(extent&0xffff), int(extent>>16)
	x, y := int(at&0xffff), int(at>>16)
	for most := max(1, maxReply/stride); rows > 0; {
		n := min(rows, most)
		c.Send(opGetImage, zPixmap, uint32(drawable), pair(x, y), pair(stride/4, n), allPlanes)
		if err := c.answer(); err != nil {
			return err
		}
		if len(c.body) < n*stride || int(binary.LittleEndian.Uint32(c.head[4:]))*4 < n*stride {
			return c.fail(fmt.Errorf("copying pixels: %w", io.ErrUnexpectedEOF))
		}
		copy(into, c.body[:n*stride])
		into, y, rows = into[n*stride:], y+n, rows-n
	}
	return nil
}
