package audio

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"parley/media"
	"parley/media/clip"
)

// writeWAV writes a file of samples.
func writeWAV(t *testing.T, path string, pcm []int16) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w, err := clip.NewWAVWriter(f)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Write(pcm), w.Finish()); err != nil {
		t.Fatal(err)
	}
}

// readWAV returns the samples of a file.
func readWAV(t *testing.T, path string) []int16 {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := clip.NewWAVReader(f)
	if err != nil {
		t.Fatal(err)
	}
	pcm := make([]int16, 60*media.SampleRate)
	n, err := r.Read(pcm)
	if err != nil {
		t.Fatal(err)
	}
	return pcm[:n]
}

func TestLoop_RepeatsTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "voice.wav")
	writeWAV(t, path, []int16{1, 2, 3, 4, 5, 6, 7})
	l, err := openLoop(path)
	if err != nil {
		t.Fatal(err)
	}
	at := 0
	for range 5 {
		var out [media.StepSamples]int16
		l.next(&out)
		for i, v := range out {
			if want := int16(at%7 + 1); v != want {
				t.Fatalf("sample %d is %d, want %d", i, v, want)
			}
			at++
		}
	}
	l.close()
	var out [media.StepSamples]int16
	l.next(&out)
	if out[0] != 0 {
		t.Error("speaks after it was closed")
	}
}

func TestLoop_EmptyFile_IsSilent(t *testing.T) {
	path := filepath.Join(t.TempDir(), "empty.wav")
	writeWAV(t, path, nil)
	l, err := openLoop(path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.close()
	var out [media.StepSamples]int16
	l.next(&out) // does not hang
}

func TestTape_FailureIsReportedOnce(t *testing.T) {
	tp, err := createTape(filepath.Join(t.TempDir(), "out.wav"))
	if err != nil {
		t.Fatal(err)
	}
	_ = tp.file.Close() // as if the disk went away
	var step [media.StepSamples]int16
	tp.take(&step)
	first := tp.fault()
	tp.take(&step)
	tp.close()
	if !errors.Is(first, ErrNoSpeaker) || !errors.Is(first, fs.ErrClosed) || tp.fault().Error() != first.Error() {
		t.Errorf("reported %v, then %v", first, tp.fault())
	}
}

func TestEngine_Files_StandForDevices(t *testing.T) {
	dir := t.TempDir()
	voice, record := filepath.Join(dir, "voice.wav"), filepath.Join(dir, "out.wav")
	pcm := make([]int16, media.SampleRate)
	for i := range pcm {
		pcm[i] = int16(i % 1000)
	}
	writeWAV(t, voice, pcm)
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{
			Microphone: choice(t, media.Microphone, "file:"+voice),
			Speaker:    choice(t, media.Speaker, "file:"+record),
		})
		remove := r.engine.Add(&tonePlayer{hertz: 1000, level: 0.5})
		for range 2 { // two calls, one recording
			l := r.engine.Sound().Listen()
			r.engine.Use(true, true)
			r.wait(100 * time.Millisecond)
			var s media.Sound
			if err := l.Next(t.Context(), &s); err != nil {
				t.Fatal(err)
			}
			l.Close()
			if !slices.Equal(s.Samples[:], pcm[:media.StepSamples]) {
				t.Error("the voice does not begin at its beginning")
			}
			r.flows()
			r.engine.Use(false, false)
			r.wait(time.Second)
		}
		remove()
		r.expect("", "")
		if len(r.system.opens) != 0 {
			t.Error("a device was opened")
		}
		if heard := readWAV(t, record); len(heard) < 2*media.SampleRate {
			t.Errorf("%d samples recorded before the end", len(heard))
		}
		r.close()
	})
	heard := readWAV(t, record)
	if _, share := purity(heard, 1000); share < 0.99 {
		t.Errorf("recorded %d samples, of which the tone is %.3f", len(heard), share)
	}
}

func TestEngine_FilesMissing_AreProblems(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{
			Microphone: choice(t, media.Microphone, "file:"+filepath.Join(dir, "none.wav")),
			Speaker:    choice(t, media.Speaker, "file:"+filepath.Join(dir, "no", "folder.wav")),
		})
		defer r.close()
		r.engine.Use(true, true)
		r.wait(time.Second)
		rep := r.engine.Report()
		if len(rep.Problems) != 2 || !errors.Is(rep.Problems[0], ErrNoMicrophone) || !errors.Is(rep.Problems[1], ErrNoSpeaker) {
			t.Errorf("problems %v", rep.Problems)
		}
		r.flows()
	})
}
