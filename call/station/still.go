package station

import (
	"errors"
	"image"
	"image/png"
	"io"
	"sync"
	"time"

	"parley/call/session"
	"parley/media"
	"parley/media/album"
	"parley/media/codec"
)

// errNoPicture means that the other side has sent none in this call.
var errNoPicture = errors.New("station: there is no picture")

// newest keeps the newest remote picture, as it was decoded. It implements
// media.VideoSink.
type newest struct {
	mu    sync.Mutex
	frame *media.Frame // nil: none
}

// Show implements media.VideoSink.
func (n *newest) Show(f *media.Frame) { n.swap(f.Retain()) }

func (n *newest) swap(f *media.Frame) {
	n.mu.Lock()
	before := n.frame
	n.frame = f
	n.mu.Unlock()
	if before != nil {
		before.Release()
	}
}

// forget drops the picture, with its call.
func (n *newest) forget() { n.swap(nil) }

// now returns the picture of this moment, which the caller releases; nil if there
// is none.
func (n *newest) now() *media.Frame {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.frame == nil {
		return nil
	}
	return n.frame.Retain()
}

// inColours returns a picture in the colours of screens, and releases it. It takes
// its time over a large one.
func inColours(f *media.Frame) (*image.RGBA, error) {
	if f == nil {
		return nil, errNoPicture
	}
	defer f.Release()
	out := image.NewRGBA(image.Rect(0, 0, f.Width(), f.Height()))
	codec.ToRGBA(out, f.Image)
	return out, nil
}

// looked forgets pictures that are shown no more.
func (s *Station) looked(now session.Snapshot) {
	s.with.Store(now.PeerName)
	if !now.Call.Live() {
		s.seen.forget()
	}
	if !now.SeesShare {
		s.seenShare.forget()
	}
}

// savePicture saves the other side's picture of this moment, and tells where.
func (s *Station) savePicture() {
	name, _ := s.with.Load().(string)
	frame := s.seenShare.now() // it is what they want us to see
	if frame == nil {
		frame = s.seen.now()
	}
	at := time.Now()
	s.recordings.work.Go(func() {
		var path string
		picture, err := inColours(frame)
		if err == nil {
			path, err = putPicture(picture, album.Name(name, at))
		}
		if err == nil {
			s.post(session.Saved{Kind: session.SavedPicture, Path: path, Parts: 1, At: at})
			return
		}
		s.log.Warn("the picture was not saved")
		s.log.Debug("the picture was not saved", "err", err) // it names the person
		s.post(session.Noticed{Notice: pictureNotice(err, at)})
	})
}

func putPicture(picture image.Image, name string) (string, error) {
	dir, err := userFolder(album.Pictures)
	if err != nil {
		return "", err
	}
	return album.Put(dir, name, ".png", func(w io.Writer) error { return png.Encode(w, picture) })
}

func pictureNotice(err error, at time.Time) session.Notice {
	n := session.Notice{Code: "pictureFailed", Err: err, Since: at, Args: map[string]string{}}
	switch fault := album.FaultOf(err); {
	case errors.Is(err, errNoPicture):
		n.Code = "pictureNone"
	case fault == album.DiskFull:
		n.Code = "pictureDiskFull"
	case fault == album.NotAllowed:
		n.Code = "pictureNotAllowed"
	}
	if dir, err := userFolder(album.Pictures); err == nil {
		n.Args["folder"] = dir
	}
	return n
}
