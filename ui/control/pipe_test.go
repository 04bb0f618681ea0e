package control_test

import (
	"bytes"
	"errors"
	"io"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"parley/media"
	"parley/media/pattern"
	"parley/ui/control"
)

func TestPipe_WriterGoesOnWhileNobodyReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reader, writer := io.Pipe()
		p := control.NewPipe(writer)
		line := bytes.Repeat([]byte("x"), 1<<20)
		var err error
		for n := 0; err == nil && n < 10; n++ {
			_, err = p.Write(line)
		}
		if !errors.Is(err, control.ErrNotRead) {
			t.Errorf("ten unread megabytes gave %v", err)
		}
		if err := <-p.Lost(); !errors.Is(err, control.ErrNotRead) {
			t.Errorf("lost by %v", err)
		}
		begin := time.Now()
		p.Close(time.Second)
		if took := time.Since(begin); took != time.Second {
			t.Errorf("close took %v", took)
		}
		_ = reader.Close()
	})
}

func TestPipe_CloseWaitsForTheReader(t *testing.T) {
	reader, writer := io.Pipe()
	p := control.NewPipe(writer)
	read := make(chan string)
	go func() {
		b := make([]byte, 6)
		_, err := io.ReadFull(reader, b)
		read <- string(b)
		if err != nil {
			t.Error(err)
		}
	}()
	for _, part := range []string{"one", "two"} {
		if _, err := p.Write([]byte(part)); err != nil {
			t.Error(err)
		}
	}
	if got := <-read; got != "onetwo" {
		t.Errorf("read %q", got)
	}
	p.Close(time.Minute)
}

func TestPipe_ReaderGone(t *testing.T) {
	reader, writer := io.Pipe()
	_ = reader.CloseWithError(syscall.EPIPE)
	p := control.NewPipe(writer)
	if _, err := p.Write([]byte("x")); err != nil {
		t.Error(err)
	}
	if err := <-p.Lost(); !errors.Is(err, syscall.EPIPE) {
		t.Errorf("lost by %v", err)
	}
	p.Close(time.Minute)
}

func TestWatch_TellsLossAndOrder(t *testing.T) {
	w := &control.Watch{}
	r := newRig()
	r.Console = control.New(control.Options{Out: &r.out, Watch: w})
	var pool media.Pool
	bars := pattern.NewBars(320, 180)
	for _, number := range []uint64{10, 11, 14, 13, 15} {
		f := pool.Get(320, 180)
		f.Number, f.Captured = number, time.Now().Add(-40*time.Millisecond)
		bars.Paint(f)
		w.Show(f)
		f.Release()
	}
	r.read(t, `{"do":"stats"}`)
	got := r.lines(t)[0]["pattern"].(map[string]any)
	if got["frames"] != 5.0 || got["number"] != 15.0 || got["skipped"] != 3.0 || got["outOfOrder"] != 1.0 {
		t.Errorf("read %v", got)
	}
	if age := got["ageMs"].(float64); age < 39 || age > 1000 {
		t.Errorf("age %v", age)
	}
}
