package record

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"parley/media"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRecorder_TracksOfTwoPeople(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		f := feed{New(s.options()), time.Now()}
		f.run(0, 5*time.Second, func(at time.Duration) {
			f.sound(theirSound, at)
			f.sound(mySound, at)
			if at >= 100*time.Millisecond {
				f.picture(theirPicture, "video/VP8", at, at == 100*time.Millisecond, []byte{1})
			}
			if at >= 3*time.Second { // late
				f.picture(myPicture, "video/VP8", at, at.Truncate(time.Second) == at, []byte{2})
			}
		})
		if err := f.r.Close(); err != nil {
			t.Fatal(err)
		}
		if len(s.parts) != 1 || s.parts[0].name != "1.webm" || !s.parts[0].closed || s.keys != 1 {
			t.Fatalf("%d parts, %d wishes for key frames", len(s.parts), s.keys)
		}
		got := read(t, s.parts[0].content())
		if got.EBML.DocType != "webm" || got.codecs() != "V_VP8 A_OPUS A_OPUS V_VP8" {
			t.Errorf("%s: %s", got.EBML.DocType, got.codecs())
		}
		for track, want := range map[uint64][2]int{1: {100, 4980}, 2: {0, 4980}, 3: {0, 4980}, 4: {3000, 4980}} {
			times := got.times(track)
			if n := (want[1]-want[0])/20 + 1; len(times) != n || times[0] != want[0] || times[n-1] != want[1] {
				t.Errorf("track %d: %d blocks from %d to %d", track, len(times), times[0], times[len(times)-1])
			}
		}
		if d := got.Segment.Info.Duration; d != 4980 {
			t.Errorf("length %v", d)
		}
		if got.Segment.SeekHead == nil || got.Segment.Cues == nil || len(got.Segment.Cues.Point) < 3 {
			t.Errorf("nowhere to jump to: %+v", got.Segment.Cues)
		}
		for i, e := range got.Segment.Tracks.Entry {
			if mine := i >= 2; mine == (e.FlagDefault == 1) {
				t.Errorf("track %d: default %d", i+1, e.FlagDefault)
			}
		}
	})
}

func TestRecorder_GapsOfSoundAreFilled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		f := feed{New(s.options()), time.Now()}
		f.run(0, 4*time.Second, func(at time.Duration) {
			if at < time.Second || at >= 3*time.Second || at == 2*time.Second {
				f.sound(theirSound, at)
			}
		})
		if err := f.r.Close(); err != nil {
			t.Fatal(err)
		}
		got := read(t, s.parts[0].content())
		times := got.times(1)
		if len(times) != 200 {
			t.Errorf("%d packets, want 200", len(times))
		}
		for i, at := range times {
			if at != 20*i {
				t.Fatalf("packet %d at %d ms", i, at)
			}
		}
	})
}

func TestRecorder_AnotherCodecIsAnotherPart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		f := feed{New(s.options()), time.Now()}
		f.run(0, 6*time.Second, func(at time.Duration) {
			f.sound(theirSound, at)
			key := at%time.Second == 0
			if at < 3*time.Second {
				f.picture(theirPicture, "video/VP8", at, key, []byte{1})
			} else {
				f.picture(theirPicture, "video/H264", at, key, h264Key)
			}
		})
		if err := f.r.Close(); err != nil {
			t.Fatal(err)
		}
		if len(s.parts) != 2 || s.parts[0].name != "1.webm" || s.parts[1].name != "2.mkv" || s.keys != 2 {
			t.Fatalf("%d parts, %d wishes for key frames", len(s.parts), s.keys)
		}
		first, second := read(t, s.parts[0].content()), read(t, s.parts[1].content())
		if first.codecs() != "V_VP8 A_OPUS" || second.codecs() != "V_MPEG4/ISO/AVC A_OPUS" || second.EBML.DocType != "matroska" {
			t.Errorf("%s; %s: %s", first.codecs(), second.EBML.DocType, second.codecs())
		}
		private := second.Segment.Tracks.Entry[0].CodecPrivate
		if want := []byte{1, 0x42, 0xc0, 0x1f, 0xff, 0xe1, 0, 5, 0x67, 0x42, 0xc0, 0x1f, 9, 1, 0, 2, 0x68, 5}; !bytes.Equal(private, want) {
			t.Errorf("private data % x", private)
		}
		block := second.Segment.Cluster[0].SimpleBlock[0]
		if want := []byte{0, 0, 0, 5, 0x67, 0x42, 0xc0, 0x1f, 9, 0, 0, 0, 2, 0x68, 5, 0, 0, 0, 3, 0x65, 7, 7}; !bytes.Equal(block.Data[0], want) {
			t.Errorf("block % x", block.Data[0])
		}
		if times := second.times(1); times[0] != 0 {
			t.Errorf("the second part begins at %d", times[0])
		}
	})
}

// A part that is as long as some disks let files be is followed by another, which begins
// with a key frame: no picture is missing between the two, and no sound.
func TestRecorder_LongPartsAreFollowed(t *testing.T) {
	for name, c := range map[string]struct {
		pictures, keys bool
		most           int
		tracks         int
	}{
		"sound":                    {false, false, 8 << 10, 1},
		"pictures":                 {true, true, 512 << 10, 2},
		"key frames that are late": {true, false, 512 << 10, 2},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				most := int64(c.most)
				s := &shelf{}
				f := feed{newRecorder(s.options(), most), time.Now()}
				big := make([]byte, 1500)
				asked := s.keys
				f.run(0, 20*time.Second, func(at time.Duration) {
					f.sound(theirSound, at)
					if !c.pictures {
						return
					}
					key := at == 0 || c.keys && s.keys > asked || at%(9*time.Second) == 0
					asked = s.keys
					f.picture(theirPicture, "video/VP8", at, key, big)
				})
				if err := f.r.Close(); err != nil {
					t.Fatal(err)
				}
				if len(s.parts) < 2 || len(s.ended) != 0 {
					t.Fatalf("%d parts, %v", len(s.parts), s.ended)
				}
				for i, p := range s.parts {
					got := read(t, p.content())
					if len(p.content()) > c.most*9/8 || len(got.Segment.Tracks.Entry) != c.tracks {
						t.Errorf("part %d has %d bytes of %s", i+1, len(p.content()), got.codecs())
					}
				}
			})
		})
	}
}

func TestRecorder_H264InTheBeginning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		f := feed{New(s.options()), time.Now()}
		f.run(0, 2*time.Second, func(at time.Duration) {
			f.sound(theirSound, at)
			f.picture(theirPicture, "video/H264", at, at == 100*time.Millisecond, h264Key)
		})
		if err := f.r.Close(); err != nil {
			t.Fatal(err)
		}
		if len(s.parts) != 1 || s.parts[0].name != "1.mkv" {
			t.Errorf("%d parts", len(s.parts))
		}
	})
}

// Sound and picture of one moment are at one place, whatever the path and the
// encoders did to them, once the reports of the sender are here.
func TestRecorder_ReportsBringSoundAndPictureTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		f := feed{New(s.options()), time.Now()}
		theirs := time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC) // a clock that nobody set
		f.run(0, 4*time.Second, func(at time.Duration) {
			sound := media.Encoded{
				Channel: theirSound, Codec: "audio/opus", Data: opus20, Key: true, Rate: 48_000,
				Stamp: uint32(at.Microseconds()*48/1000) - 5000, Arrival: f.began.Add(at),
			}
			picture := media.Encoded{ // 150 ms older than the sound that comes with it
				Channel: theirPicture, Codec: "video/VP8", Data: []byte{byte(at / (20 * time.Millisecond))}, Key: true, Rate: 90_000, Width: 1, Height: 1,
				Stamp: uint32(at.Microseconds() * 90 / 1000), Arrival: f.began.Add(at),
			}
			if at > time.Second {
				sound.Moment, picture.Moment = theirs.Add(at), theirs.Add(at-150*time.Millisecond)
			}
			f.r.Take(sound)
			f.r.Take(picture)
		})
		if err := f.r.Close(); err != nil {
			t.Fatal(err)
		}
		got := read(t, s.parts[0].content())
		sounds, pictures := got.times(2), got.times(1)
		if last := sounds[len(sounds)-1]; last != 3980 {
			t.Errorf("the last sound is at %d", last)
		}
		if last := pictures[len(pictures)-1]; last < 3829 || last > 3831 {
			t.Errorf("the last picture is at %d", last)
		}
	})
}

func TestRecorder_DriftIsFollowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		f := feed{New(s.options()), time.Now()}
		f.run(0, 100*time.Second, func(at time.Duration) { // their clock is 500 millionths slow
			f.r.Take(media.Encoded{
				Channel: theirSound, Codec: "audio/opus", Data: opus20, Key: true, Rate: 48_000,
				Stamp: uint32(at.Microseconds() * 48 / 1000), Arrival: f.began.Add(at + at/2000),
			})
		})
		if err := f.r.Close(); err != nil {
			t.Fatal(err)
		}
		times := read(t, s.parts[0].content()).times(1)
		if last := times[len(times)-1]; last < 100_015 || last > 100_040 {
			t.Errorf("the last packet is at %d ms", last)
		}
	})
}

func TestRecorder_FullDiskLeavesAFile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{room: 60_000}
		f := feed{New(s.options()), time.Now()}
		f.run(0, 10*time.Second, func(at time.Duration) {
			f.sound(theirSound, at)
			f.picture(theirPicture, "video/VP8", at, at%time.Second == 0, bytes.Repeat([]byte{1}, 200))
		})
		if err := f.r.Close(); !errors.Is(err, errNoSpace) {
			t.Errorf("closing: %v", err)
		}
		if len(s.ended) != 1 || !errors.Is(s.ended[0], errNoSpace) {
			t.Fatalf("told %v", s.ended)
		}
		got := read(t, s.parts[0].content())
		times := got.times(1)
		if d := int(got.Segment.Info.Duration); len(times) < 100 || d-times[len(times)-1] > 40 || !s.parts[0].closed {
			t.Errorf("%d pictures, length %d", len(times), d)
		}
	})
}

// Where not even a second has room, nothing is left.
func TestRecorder_NoRoomAtAll(t *testing.T) {
	for _, room := range []int{10, headEnd, headEnd + 100} {
		synctest.Test(t, func(t *testing.T) {
			s := &shelf{room: room}
			f := feed{New(s.options()), time.Now()}
			f.run(0, 5*time.Second, func(at time.Duration) { f.sound(theirSound, at) })
			if err := f.r.Close(); !errors.Is(err, errNoSpace) || len(s.ended) != 1 {
				t.Errorf("closing: %v, told %v", err, s.ended)
			}
			if left := s.parts[0]; len(left.content()) > 0 || !left.closed {
				t.Errorf("room for %d bytes: %d are left", room, len(left.content()))
			}
		})
	}
}

func TestRecorder_NoFile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{fails: errNoSpace}
		f := feed{New(s.options()), time.Now()}
		f.run(0, 3*time.Second, func(at time.Duration) { f.sound(theirSound, at) })
		if err := f.r.Close(); !errors.Is(err, errNoSpace) || len(s.ended) != 1 {
			t.Errorf("closing: %v, told %v", err, s.ended)
		}
	})
}

func TestRecorder_WriteThatBlocks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{stuck: make(chan struct{})}
		f := feed{New(s.options()), time.Now()}
		f.run(0, 15*time.Second, func(at time.Duration) {
			before := time.Now()
			f.sound(theirSound, at)
			if time.Since(before) > 0 {
				t.Error("a packet waited")
			}
		})
		synctest.Wait()
		if len(s.ended) != 1 || !errors.Is(s.ended[0], ErrSlow) {
			t.Fatalf("told %v", s.ended)
		}
		before := time.Now()
		if err := f.r.Close(); !errors.Is(err, ErrSlow) || time.Since(before) != closeLimit {
			t.Errorf("closing: %v after %v", err, time.Since(before))
		}
		close(s.stuck)
		<-f.r.done
		if got := read(t, s.parts[0].content()); len(got.times(1)) < 40 {
			t.Errorf("%d packets in the file", len(got.times(1)))
		}
	})
}

// A key frame that does not come is asked for again.
func TestRecorder_AsksForKeyFrames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		f := feed{New(s.options()), time.Now()}
		f.run(0, 10*time.Second, func(at time.Duration) {
			f.sound(theirSound, at)
			f.picture(theirPicture, "video/VP8", at, at == 8*time.Second, []byte{1})
		})
		if err := f.r.Close(); err != nil || s.keys != 4 {
			t.Errorf("%v, asked %d times", err, s.keys)
		}
		if n := len(read(t, s.parts[0].content()).times(2)); n != 100 {
			t.Errorf("%d pictures", n)
		}
	})
}

func TestRecorder_NothingCame(t *testing.T) {
	s := &shelf{}
	if err := New(s.options()).Close(); err != nil || len(s.parts) != 0 {
		t.Errorf("%v, %d parts", err, len(s.parts))
	}
}

func TestRecorder_CloseTwice(t *testing.T) {
	s := &shelf{}
	r := New(s.options())
	r.Take(media.Encoded{Channel: theirSound, Codec: "audio/opus", Data: opus20, Key: true, Rate: 48_000, Arrival: time.Now()})
	if err := errors.Join(r.Close(), r.Close()); err != nil || len(s.parts) != 1 {
		t.Errorf("%v, %d parts", err, len(s.parts))
	}
}

// An *os.File is a File.
func TestRecorder_RealFile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "call.webm")
		s := &shelf{}
		o := s.options()
		o.Create = func(string, int) (File, error) { return os.Create(path) }
		f := feed{New(o), time.Now()}
		f.run(0, 2*time.Second, func(at time.Duration) { f.sound(mySound, at) })
		if err := f.r.Close(); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := read(t, data); len(got.times(1)) != 100 {
			t.Errorf("%d packets", len(got.times(1)))
		}
	})
}
