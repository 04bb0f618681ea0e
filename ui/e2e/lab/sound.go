//go:build e2e

package lab

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// SoundServer is a PulseAudio without hardware: what is played to "speaker" can
// be recorded from "speaker.monitor", and what is played to "voice" is what the
// microphone "microphone" hears.
type SoundServer struct {
	t   testing.TB
	dir string
}

// NewSoundServer starts a sound server of its own.
func NewSoundServer(t testing.TB) *SoundServer {
	t.Helper()
	s := &SoundServer{t, t.TempDir()}
	cmd := exec.Command("pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", "--disallow-exit", "--log-target=stderr",
		"--load=module-native-protocol-unix socket="+filepath.Join(s.dir, "native")+" auth-anonymous=1",
		"--load=module-null-sink sink_name=speaker rate=48000 sink_properties=device.description=Speaker",
		"--load=module-null-sink sink_name=voice rate=48000",
		"--load=module-remap-source source_name=microphone master=voice.monitor source_properties=device.description=Microphone",
	)
	cmd.Env = s.Env()
	process := Start(t, cmd)
	s.await(process)
	return s
}

// Env is the environment for programs that use this server.
func (s *SoundServer) Env() []string { return append(os.Environ(), s.own()...) }

func (s *SoundServer) own() []string {
	return []string{
		"PULSE_RUNTIME_PATH=" + s.dir, "XDG_RUNTIME_DIR=" + s.dir,
		"PULSE_SERVER=unix:" + filepath.Join(s.dir, "native"), "PULSE_COOKIE=" + filepath.Join(s.dir, "cookie"),
	}
}

// await asks until the server answers.
func (s *SoundServer) await(server *Process) {
	s.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(starting)
	for {
		if out, err := s.Command("pactl", "list", "short", "sources").Output(); err == nil && strings.Contains(string(out), "microphone") {
			return
		}
		select {
		case <-tick.C:
		case <-server.Exited:
			s.t.Fatalf("pulseaudio ends at once: %s", server.Log())
		case <-limit:
			s.t.Fatal("pulseaudio does not answer")
		}
	}
}

// Headless starts "parley headless" on this server.
func (s *SoundServer) Headless(t testing.TB, args ...string) *Parley {
	t.Helper()
	cmd := headless(t, args)
	cmd.Env = s.Env()
	return control(t, cmd)
}

// Window starts Parley with its window, on this server and on a display.
func (s *SoundServer) Window(t testing.TB, d *Display, args ...string) *Window {
	t.Helper()
	cmd := windowed(t, d, args)
	cmd.Env = append(cmd.Env, s.own()...)
	return &Window{control(t, cmd), d}
}

// Command makes a command that uses this server.
func (s *SoundServer) Command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Env = s.Env()
	return cmd
}
