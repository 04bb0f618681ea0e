//go:build e2e

package soundbench

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/media/voice"
	"parley/ui/e2e/bench/table"
	"parley/ui/e2e/browser"
	"parley/ui/e2e/lab"
)

const (
	costRuns = 3
	costTime = 20 * time.Second
)

// BenchmarkCost measures the processor time of whole Parleys without pictures and
// without a window: both speak, at the same time, and at rest; and of the sound
// engine alone, without codec and network, which hears somebody and plays it.
func BenchmarkCost(b *testing.B) {
	var resting float64
	b.Run("Rest", func(b *testing.B) {
		d := lab.NewDesks(b, 0, "a")
		hub := lab.NewHub(b, "127.0.0.1:0")
		p := d.At(b, "a", "--camera", "off", "--server", hub.URL)
		p.Next(b.Context(), "ready", nil)
		lab.Pass(b.Context(), settled)
		rest := shares(b, p.PID())[0]
		resting = table.Median(rest)
		results.Add("processor time at rest", "% of a core", rest...)
	})
	b.Run("Engine", func(b *testing.B) {
		d := lab.NewDesks(b, 0, "a", "b")
		loopEngine(b, d, voice.Everything)
		defer keepSaying(b, d, "a", speech(b, woman, spokenText))()
		lab.Pass(b.Context(), settled)
		results.Add("processor time of the engine alone, processing all", "% of a core", shares(b, os.Getpid())[0]...)
	})
	b.Run("Floor", func(b *testing.B) {
		d := lab.NewDesks(b, 0, "a", "b")
		results.Add("processor time of PulseAudio's own parec and pacat, which copy a microphone to a speaker in C", "% of a core", copied(b, d)...)
	})
	for name, stages := range map[string]string{"Call": "all", "Bare": "none"} {
		b.Run(name, func(b *testing.B) {
			d := lab.NewDesks(b, 0, "a", "b")
			caller, called := call(b.Context(), b, d, d, "--process", stages)
			defer keepSaying(b, d, "a", speech(b, woman, spokenText))()
			defer keepSaying(b, d, "b", speech(b, man, spokenText))()
			lab.Pass(b.Context(), settled)
			for i, s := range shares(b, caller.PID(), called.PID()) {
				who := []string{"caller", "called"}[i]
				what := fmt.Sprintf("processor time in a call, both speak, processing %s, %s", stages, who)
				results.Add(what, "% of a core", s...)
				results.Add(what+", less the time at rest", "% of a core", table.Median(s)-resting)
			}
			breakdown(b, caller.PID())
		})
	}
}

// copied is the processor time of the least that can be done with devices at the
// delay that the engine asks of them.
func copied(b *testing.B, d *lab.Desks) (both []float64) {
	b.Helper()
	flags := []string{"--raw", "--format=s16le", "--rate=48000", "--channels=1", "--latency-msec=10", "--process-time-msec=5"}
	hear := d.Command("parec", append(flags, "--device=a-microphone")...)
	play := d.Command("pacat", append(flags, "--playback", "--device=b-speaker")...)
	pipe, err := hear.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	play.Stdin = pipe
	for _, cmd := range []*exec.Cmd{hear, play} {
		if err := cmd.Start(); err != nil {
			b.Fatal(err)
		}
		defer end(b, cmd)
	}
	defer keepSaying(b, d, "a", speech(b, woman, spokenText))()
	lab.Pass(b.Context(), settled)
	each := shares(b, hear.Process.Pid, play.Process.Pid)
	for i := range each[0] {
		both = append(both, each[0][i]+each[1][i])
	}
	return both
}

// BenchmarkCostChromium measures the same of two Chromiums that call each other, on
// the same kind of devices and with all that browsers do to sound.
func BenchmarkCostChromium(b *testing.B) {
	d := lab.NewDesks(b, 0, "a", "b")
	var pages []browser.Page
	var roots []int
	for _, desk := range []string{"a", "b"} {
		env := append(d.Env(), "PULSE_SOURCE="+desk+"-microphone", "PULSE_SINK="+desk+"-speaker")
		page, pid := openPage(b, browser.Options{Env: env, Audible: true, Devices: true}, callerPage)
		pages, roots = append(pages, page), append(roots, pid)
	}
	ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
	defer cancel()
	describe := func(page browser.Page, step string, given any) string {
		argument, err := json.Marshal(given)
		if err != nil {
			b.Fatal(err)
		}
		description, err := browser.Get[string](ctx, page, fmt.Sprintf("%s(%s)", step, argument))
		if err != nil {
			b.Fatal(err)
		}
		return description
	}
	describe(pages[0], "accept", describe(pages[1], "answer", describe(pages[0], "offer", nil)))
	defer keepSaying(b, d, "a", speech(b, woman, spokenText))()
	defer keepSaying(b, d, "b", speech(b, man, spokenText))()
	for _, page := range pages {
		if err := browser.WaitFor(ctx, page, "hears() > 50"); err != nil {
			b.Fatal(err)
		}
	}
	lab.Pass(b.Context(), settled)
	for i, root := range roots {
		who := []string{"caller", "called"}[i]
		results.Add("the same of all processes of Chromium, "+who, "% of a core", sharesOfTree(b, root)...)
	}
}

// callerPage calls another page of its kind.
const callerPage = `<!doctype html><title>caller</title><script>
const pc = new RTCPeerConnection();
let received = 0;
pc.ontrack = e => { const a = new Audio(); a.srcObject = new MediaStream([e.track]); a.play(); window.playing = a; };
setInterval(async () => {
	for (const s of (await pc.getStats()).values()) if (s.type === 'inbound-rtp') received = s.packetsReceived;
}, 1000);
const hears = () => received;
async function described() {
	await pc.setLocalDescription();
	await new Promise(done => {
		if (pc.iceGatheringState === 'complete') done();
		pc.onicegatheringstatechange = () => { if (pc.iceGatheringState === 'complete') done(); };
	});
	return pc.localDescription.sdp;
}
async function speak() {
	const stream = await navigator.mediaDevices.getUserMedia({audio: true});
	for (const track of stream.getTracks()) pc.addTrack(track, stream);
}
async function offer() { await speak(); return described(); }
async function answer(sdp) {
	await pc.setRemoteDescription({type: 'offer', sdp});
	await speak();
	return described();
}
async function accept(sdp) { await pc.setRemoteDescription({type: 'answer', sdp}); return ''; }
</script>`

// sharesOfTree is shares of a process and all that descend from it, together.
func sharesOfTree(b *testing.B, root int) []float64 {
	b.Helper()
	var out []float64
	for range costRuns {
		pids := lab.Tree(b, root)
		before, begin := lab.ProcessorTime(b, pids...), time.Now()
		lab.Pass(b.Context(), costTime/costRuns)
		out = append(out, (lab.ProcessorTime(b, pids...)-before)/10/time.Since(begin).Seconds()) // 10 ms of 1 s are 1 %
	}
	return out
}

// spokenText is how long the text is spoken until it begins again.
const spokenText = 30 * time.Second

// shares measures how much of a core each process uses, some times over.
func shares(b *testing.B, pids ...int) [][]float64 {
	b.Helper()
	out := make([][]float64, len(pids))
	for range costRuns {
		before := make([]float64, len(pids))
		for i, pid := range pids {
			before[i] = lab.ProcessorTime(b, pid)
		}
		begin := time.Now()
		lab.Pass(b.Context(), costTime/costRuns)
		for i, pid := range pids {
			out[i] = append(out[i], (lab.ProcessorTime(b, pid)-before[i])/10/time.Since(begin).Seconds())
		}
	}
	return out
}

// breakdown logs what a process spends its time on, where perf is installed and
// allowed to look.
func breakdown(b *testing.B, pid int) {
	b.Helper()
	data := filepath.Join(b.TempDir(), "perf.data")
	record := exec.Command("perf", "record", "--quiet", "-e", "cpu-clock", "-F", "999", "-p", strconv.Itoa(pid), "-o", data, "--", "sleep", "10")
	if out, err := record.CombinedOutput(); err != nil {
		b.Logf("no breakdown: perf: %v: %s", err, out)
		return
	}
	report := func(sort string, lines int) {
		out, err := exec.Command("perf", "report", "--stdio", "-i", data, "--sort", sort, "--percent-limit", "0.7").Output()
		if err != nil {
			b.Logf("perf: %v", err)
			return
		}
		var kept []string
		for line := range strings.Lines(string(out)) {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") && len(kept) < lines {
				kept = append(kept, line)
			}
		}
		_, _ = fmt.Fprintf(os.Stdout, "where the time goes, by %s:\n%s\n", sort, strings.Join(kept, "\n")) // a log would be cut short
	}
	report("dso", 10)
	report("symbol", 45)
}
