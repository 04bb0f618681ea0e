package audio

import (
	"bufio"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"parley/media"
)

// pulse is a sound server of the test's own, with speakers that are wired to
// microphones: what is played on "room" is heard by "ear", what is played on
// "other" by "otherear".
type pulse struct {
	t      *testing.T
	dir    string
	socket string
	daemon *exec.Cmd
	gone   chan struct{}
}

// newPulse starts the server and points this process at it.
func newPulse(t *testing.T) *pulse {
	t.Helper()
	dir := t.TempDir()
	p := &pulse{t: t, dir: dir, socket: filepath.Join(dir, "native")}
	t.Setenv("PULSE_SERVER", "unix:"+p.socket)
	t.Setenv("XDG_RUNTIME_DIR", dir)
	t.Setenv("HOME", dir)
	p.start()
	t.Cleanup(p.kill)
	return p
}

// start starts the server and waits until it listens.
func (p *pulse) start() {
	p.t.Helper()
	const sink = "module-null-sink rate=48000 channels=2 sink_name="
	const source = "module-remap-source channels=1 master_channel_map=front-left channel_map=mono remix=no "
	p.daemon = exec.CommandContext(p.t.Context(), "pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no",
		"--exit-idle-time=-1", "--disable-shm=yes", "--log-target=stderr", "-v",
		"-L", "module-native-protocol-unix auth-anonymous=1 socket="+p.socket,
		"-L", sink+"room sink_properties=device.description=Room", "-L", sink+"other sink_properties=device.description=Other",
		"-L", source+"master=room.monitor source_name=ear source_properties=device.description=Ear",
		"-L", source+"master=other.monitor source_name=otherear source_properties=device.description=OtherEar")
	p.daemon.Env = append(os.Environ(), "PULSE_SERVER=")
	log, err := p.daemon.StderrPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := p.daemon.Start(); err != nil {
		p.t.Fatal(err)
	}
	up := make(chan struct{})
	p.gone = make(chan struct{})
	go func() {
		defer close(p.gone)
		said := sync.OnceFunc(func() { close(up) })
		for lines := bufio.NewScanner(log); lines.Scan(); {
			if strings.Contains(lines.Text(), "startup complete") {
				said()
			}
		}
		_ = p.daemon.Wait() // it was killed
	}()
	select {
	case <-up:
	case <-p.gone:
		p.t.Fatal("pulseaudio ended")
	case <-time.After(20 * time.Second):
		p.t.Fatal("pulseaudio does not start")
	}
	p.do("set-default-source", "ear")
	p.do("set-default-sink", "room")
	p.rouse("room")
	p.rouse("other")
}

// rouse keeps a speaker awake by playing silence to it; a null sink that slept
// takes two seconds to notice that somebody plays.
func (p *pulse) rouse(sink string) {
	p.t.Helper()
	silence := exec.CommandContext(p.t.Context(), "pacat", "--playback", "--raw", "--latency-msec=20", "--device="+sink, "/dev/zero")
	if err := silence.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() {
		_ = silence.Process.Kill()
		_ = silence.Wait() // it was killed
	})
}

// kill ends the server the hard way.
func (p *pulse) kill() {
	_ = p.daemon.Process.Kill()
	<-p.gone
}

// do gives the server a command.
func (p *pulse) do(args ...string) string {
	p.t.Helper()
	out, err := exec.CommandContext(p.t.Context(), "pactl", args...).CombinedOutput()
	if err != nil {
		p.t.Fatalf("pactl %v: %v: %s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// tonePlayer plays a sine.
type tonePlayer struct {
	hertz, level float64
	at           int
}

func (p *tonePlayer) Play(out *[media.StepSamples]int16) {
	for i := range out {
		out[i] = int16(p.level * math.MaxInt16 * math.Sin(2*math.Pi*p.hertz*float64(p.at)/media.SampleRate))
		p.at++
	}
}

// listen collects d of what the engine captures.
func listen(t *testing.T, e *Engine, d time.Duration) []int16 {
	t.Helper()
	l := e.Sound().Listen()
	defer l.Close()
	var pcm []int16
	var s media.Sound
	for len(pcm) < int(d*media.SampleRate/time.Second) {
		if err := l.Next(t.Context(), &s); err != nil {
			t.Fatal(err)
		}
		pcm = append(pcm, s.Samples[:]...)
	}
	return pcm
}

// awaitReport waits until the engine reports what ok wants.
func awaitReport(t *testing.T, e *Engine, reports <-chan Report, ok func(Report) bool) Report {
	t.Helper()
	limit := time.After(40 * time.Second)
	r := e.Report()
	for !ok(r) {
		select {
		case r = <-reports:
		case <-limit:
			t.Fatalf("still %+v", e.Report())
		}
	}
	return r
}

// purity returns the amplitude of a frequency in pcm, 1 being full scale, and
// the share of the power that it has.
func purity(pcm []int16, hertz float64) (amplitude, share float64) {
	var re, im, all float64
	for i, v := range pcm {
		x := float64(v) / math.MaxInt16
		a := 2 * math.Pi * hertz * float64(i) / media.SampleRate
		re += x * math.Cos(a)
		im += x * math.Sin(a)
		all += x * x
	}
	n := float64(len(pcm))
	amplitude = 2 * math.Hypot(re, im) / n
	return amplitude, amplitude * amplitude / 2 / (all/n + 1e-12)
}

// freeze stops the server without ending it, or lets it go on.
func (p *pulse) freeze(on bool) {
	p.t.Helper()
	signal := syscall.SIGCONT
	if on {
		signal = syscall.SIGSTOP
	}
	if err := p.daemon.Process.Signal(signal); err != nil {
		p.t.Fatal(err)
	}
}
