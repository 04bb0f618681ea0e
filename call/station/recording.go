package station

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"parley/call"
	"parley/call/peer"
	"parley/call/session"
	"parley/media"
	"parley/media/album"
	"parley/media/record"
	"parley/signaling"
)

// recordings records the call that the session wants recorded, and tells the other
// side. Its methods may be called from any goroutine.
type recordings struct {
	post   func(session.Input)
	folder func() (string, error)
	mine   func() string // how we are called
	log    *slog.Logger
	work   sync.WaitGroup

	mu    sync.Mutex
	peers map[signaling.CallID]*peer.Peer
	now   *recording // nil: nothing is recorded
}

// recording is one that is under way.
type recording struct {
	id       signaling.CallID
	name     string // of files, without their extension
	recorder *record.Recorder

	mu    sync.Mutex
	paths []string // of its parts
	over  error    // why it ended by itself
}

func newRecordings(s *Station) *recordings {
	return &recordings{
		post: s.post, folder: s.recordingFolder, mine: s.ownName, log: s.log,
		peers: map[signaling.CallID]*peer.Peer{},
	}
}

// opened makes a peer known, until it is closed.
func (r *recordings) opened(id signaling.CallID, p *peer.Peer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.peers[id] = p
}

// closed forgets the peer of a call.
func (r *recordings) closed(id signaling.CallID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.peers, id)
}

// Apply implements session.Recorder.
func (r *recordings) Apply(o session.RecordOrder) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if was := r.now; was != nil && was.id != o.ID {
		r.now = nil
		r.stop(was, r.peers[was.id])
	}
	if p := r.peers[o.ID]; r.now == nil && o.ID != "" && p != nil {
		r.now = r.begin(o, p)
	}
}

// begin tells the other side first.
func (r *recordings) begin(o session.RecordOrder, p *peer.Peer) *recording {
	p.Tell(call.Aside{Recording: true})
	c := &recording{id: o.ID, name: album.Name(o.Name, time.Now())}
	c.recorder = record.New(record.Options{
		Create: func(extension string, _ int) (record.File, error) { return r.create(c, extension) },
		Title:  c.name, App: "Parley", Name: func(of media.Channel) string { return r.track(of, o.Name) },
		WantKey: p.WantKeys,
		Ended:   func(err error) { r.failed(c, err) },
	})
	p.Tap(c.recorder)
	return c
}

// create makes the file of a part.
func (r *recordings) create(c *recording, extension string) (record.File, error) {
	dir, err := r.folder()
	if err != nil {
		return nil, err
	}
	f, err := album.Create(dir, c.name, extension)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.paths = append(c.paths, f.Name())
	return f, nil
}

// track names a track.
func (r *recordings) track(of media.Channel, theirs string) string {
	name := theirs
	if of.Mine {
		name = r.mine()
	}
	if of.Screen {
		name += " (screen)"
	}
	return name
}

// stop ends a recording. p is nil when the call's peer is gone.
func (r *recordings) stop(c *recording, p *peer.Peer) {
	if p != nil {
		p.Tap(nil)
		p.Tell(call.Aside{})
	}
	r.work.Go(func() {
		err := c.recorder.Close()
		c.mu.Lock()
		defer c.mu.Unlock()
		c.paths = slices.DeleteFunc(c.paths, removedEmpty)
		if err != nil && c.over == nil { // else it was told
			r.post(session.Noticed{Notice: r.notice(c, err)})
		}
		if len(c.paths) > 0 {
			r.post(session.Saved{Kind: session.SavedRecording, Path: c.paths[0], Parts: len(c.paths), At: time.Now()})
		}
	})
}

// removedEmpty removes a file that took in nothing, as on a full disk. One that the
// user has taken away meanwhile is not shown either.
func removedEmpty(path string) bool {
	info, err := os.Stat(path)
	if err != nil {
		return errors.Is(err, fs.ErrNotExist)
	}
	return info.Size() == 0 && os.Remove(path) == nil
}

// failed tells of a recording that ended by itself. The session's next order ends it.
func (r *recordings) failed(c *recording, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.over = err
	r.log.Warn("the recording ended", "call", c.id)
	r.log.Debug("the recording ended", "call", c.id, "err", err) // it names the person
	r.post(session.RecordingEnded{ID: c.id, Notice: r.notice(c, err)})
}

// notice tells why. It is called with the recording's mu held.
func (r *recordings) notice(c *recording, err error) session.Notice {
	n := session.Notice{Code: "recordingFailed", Err: err, Since: time.Now(), Args: map[string]string{}}
	switch fault := album.FaultOf(err); {
	case errors.Is(err, record.ErrSlow):
		n.Code = "recordingSlow"
	case fault == album.DiskFull:
		n.Code = "recordingDiskFull"
	case fault == album.NotAllowed:
		n.Code = "recordingNotAllowed"
	}
	if dir, err := r.folder(); err == nil {
		n.Args["folder"] = dir
	}
	if len(c.paths) > 0 {
		n.Args["folder"] = filepath.Dir(c.paths[0])
	}
	return n
}

// wait returns when every recording is closed, or given up.
func (r *recordings) wait() {
	r.Apply(session.RecordOrder{})
	r.work.Wait()
}

// recordingFolder is where recordings go: as the settings say, from the home folder
// on if need be, or the user's videos.
func (s *Station) recordingFolder() (string, error) {
	dir := s.Settings().Recordings
	switch {
	case dir == "":
		return userFolder(album.Videos)
	case filepath.IsAbs(dir):
		return dir, nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("station: find the folder of recordings: %w", err)
	}
	return filepath.Join(home, strings.TrimPrefix(dir, "~")), nil
}

// ownName is what we call ourselves.
func (s *Station) ownName() string {
	settings := s.Settings()
	return cmp.Or(settings.Display, s.options.Name, settings.Name)
}

// userFolder finds one of the user's folders.
func userFolder(f album.Folder) (string, error) {
	system, err := album.ThisSystem()
	if err != nil {
		return "", err
	}
	return system.Path(f), nil
}
