//go:build e2e

package lab

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Desks is a sound server whose devices are all channels of one: so one
// recording of all of them tells when something was said and when it was heard,
// to the sample. Somebody at a desk speaks into "NAME-voice", which is what the
// microphone "NAME-microphone" hears, and listens to "NAME-speaker".
type Desks struct {
	SoundServer
	names []string
}

// wire is the device that all others are channels of.
const wire = "wire"

// NewDesks starts a sound server with desks of these names. Its clock is faster
// than the computer's by ppm parts in a million, which takes libfaketime. It takes back
// nothing that it has rendered: a microphone would have heard it already.
func NewDesks(t testing.TB, ppm float64, names ...string) *Desks {
	t.Helper()
	d := &Desks{SoundServer{t, t.TempDir()}, names}
	args := []string{
		"-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", "--disallow-exit", "--log-target=stderr",
		"--load=module-native-protocol-unix socket=" + filepath.Join(d.dir, "native") + " auth-anonymous=1",
		fmt.Sprintf("--load=module-null-sink sink_name=%s norewinds=1 rate=48000 channels=%d channel_map=%s", wire, 2*len(names), d.channels()),
	}
	const mono = "channels=1 channel_map=mono remix=no master_channel_map=aux"
	for i, name := range names {
		voice, speaker := strconv.Itoa(2*i), strconv.Itoa(2*i+1)
		args = append(args,
			"--load=module-remap-sink master="+wire+" sink_name="+name+"-voice "+mono+voice,
			"--load=module-remap-sink master="+wire+" sink_name="+name+"-speaker sink_properties=device.description="+name+"-speaker "+mono+speaker,
			"--load=module-remap-source master="+wire+".monitor source_name="+name+"-microphone source_properties=device.description="+name+"-microphone "+mono+voice)
	}
	cmd := exec.Command("pulseaudio", args...)
	cmd.Env = d.Env()
	if ppm != 0 {
		cmd.Env = append(cmd.Env, "LD_PRELOAD="+fakeTime(t), fmt.Sprintf("FAKETIME=+0 x%.6f", 1+ppm/1e6))
	}
	d.await(Start(t, cmd))
	return d
}

// channels names the channels: of each desk its voice and its speaker.
func (d *Desks) channels() string {
	var out []string
	for i := range 2 * len(d.names) {
		out = append(out, "aux"+strconv.Itoa(i))
	}
	return strings.Join(out, ",")
}

// Recorder makes a command that writes what every voice and every speaker
// sounds like to its standard output: 16 bit at 48 kHz, interleaved, in the
// order of the desks, each one's voice before its speaker.
func (d *Desks) Recorder() *exec.Cmd {
	return d.Command("parec", "--device="+wire+".monitor", "--raw", "--format=s16le", "--rate=48000",
		"--channels="+strconv.Itoa(2*len(d.names)), "--channel-map="+d.channels(), "--no-remix", "--no-remap", "--latency-msec=20")
}

// Speaker makes a command that says at a desk what it reads from its standard
// input: 16 bit at 48 kHz, mono. It lets so much of it wait in the sound server.
func (d *Desks) Speaker(name string, waiting time.Duration) *exec.Cmd {
	return d.Command("pacat", "--playback", "--device="+name+"-voice", "--raw", "--format=s16le", "--rate=48000", "--channels=1",
		fmt.Sprintf("--latency-msec=%d", waiting.Milliseconds()))
}

// At starts "parley headless" at a desk.
func (d *Desks) At(t testing.TB, name string, args ...string) *Parley {
	t.Helper()
	return d.Headless(t, append([]string{"--microphone", name + "-microphone", "--speaker", name + "-speaker", "--name", name}, args...)...)
}

// fakeTime finds the library that makes a clock run fast.
func fakeTime(t testing.TB) string {
	t.Helper()
	found, err := filepath.Glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
	if err != nil || len(found) == 0 {
		t.Fatal("libfaketime is not installed: packaging/setup.sh bench installs it")
	}
	return slices.Min(found)
}
