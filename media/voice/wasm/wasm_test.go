package wasm_test

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the modules
	"encoding/hex"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero/api"

	"parley/media/voice/wasm"
)

var (
	//go:embed testdata/probe.wasm
	probe []byte
	//go:embed testdata/kernel.wasm
	kernel []byte
)

func ours() wasm.Library {
	double := func(_ api.Memory, stack []uint64) { stack[0] *= 2 }
	return wasm.Library{Name: "our", Hosts: []wasm.Host{{Name: "double", Arguments: 1, Result: 1, Run: double}}}
}

func compiled(t testing.TB, module []byte) *wasm.Program {
	t.Helper()
	p, err := wasm.Compile(t.Context(), module, ours())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func instance(t testing.TB, p *wasm.Program) *wasm.Instance {
	t.Helper()
	i, err := p.Instance(t.Context(), "memory")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := i.Close(); err != nil {
			t.Error(err)
		}
	})
	return i
}

func TestInstance_Calls(t *testing.T) {
	i := instance(t, compiled(t, probe))
	if got := i.Function("add").Call(40, 2); got != 42 {
		t.Errorf("40 and 2 are %d", got)
	}
	if got := i.Function("double").Call(21); got != 42 {
		t.Errorf("twice 21, by a function of ours, is %d", got)
	}
	add, double := i.Function("add"), i.Function("double")
	if n := testing.AllocsPerRun(100, func() { add.Call(1, 2); double.Call(3) }); n != 0 {
		t.Errorf("two calls allocate %v times", n)
	}
	if err := i.Err(); err != nil {
		t.Error(err)
	}
}

func TestInstance_ErrorsStay(t *testing.T) {
	p := compiled(t, probe)
	for name, spoil := range map[string]func(*wasm.Instance){
		"a trap":             func(i *wasm.Instance) { i.Function("trap").Call() },
		"a read outside":     func(i *wasm.Instance) { i.Function("outside").Call() },
		"no such function":   func(i *wasm.Instance) { i.Function("nothing").Call() },
		"too many arguments": func(i *wasm.Instance) { i.Function("add").Call(1, 2, 3, 4, 5, 6, 7, 8, 9) },
		"a word outside":     func(i *wasm.Instance) { i.Word(65533) },
		"samples outside":    func(i *wasm.Instance) { i.Put(65532, make([]float32, 2), 1) },
		"what is no sound": func(i *wasm.Instance) {
			i.Put(0, []float32{1}, float32(math.Inf(1)))
			i.Get(make([]float32, 1), 0, 1)
		},
	} {
		i := instance(t, p)
		if got := i.Function("add").Call(1, 2); got != 3 {
			t.Errorf("before %s: 1 and 2 are %d", name, got)
		}
		spoil(i)
		err := i.Err()
		if err == nil {
			t.Errorf("%s is no error", name)
		}
		if got := i.Function("add").Call(1, 2); got != 0 || !errors.Is(i.Err(), err) {
			t.Errorf("after %s a call returns %d, and the error is %v", name, got, i.Err())
		}
	}
}

func TestInstance_ClosedIsAnError(t *testing.T) {
	p := compiled(t, probe)
	i, other := instance(t, p), instance(t, p)
	for range 2 {
		if err := i.Close(); err != nil {
			t.Fatal(err)
		}
	}
	i.Function("add").Call(1, 2)
	i.Put(0, make([]float32, 4), 1)
	i.Get(make([]float32, 4), 0, 1)
	if !errors.Is(i.Err(), wasm.ErrClosed) {
		t.Errorf("after Close: %v", i.Err())
	}
	if other.Function("add").Call(1, 2) != 3 {
		t.Error("closing one instance reaches another")
	}
}

func TestInstance_MemoryHasALimit(t *testing.T) {
	i := instance(t, compiled(t, probe))
	if got := int32(i.Function("grow").Call()); got != -1 {
		t.Errorf("a memory of 1 page grew by 300: %d", got)
	}
}

func TestInstance_SamplesAreBroughtIntoRange(t *testing.T) {
	i := instance(t, compiled(t, probe))
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	i.Put(8, []float32{0.5, -0.5, 3, -1e30, inf, -inf, nan, 1, -1}, 10)
	got := make([]float32, 9)
	i.Get(got, 8, 0.1)
	if want := []float32{0.5, -0.5, 1, -1, 1, -1, 0, 1, -1}; !slices.Equal(got, want) || i.Err() != nil {
		t.Errorf("read back: %v, want %v (%v)", got, want, i.Err())
	}
	i.Put(8, []float32{0.5}, nan)
	kept := []float32{7}
	if i.Get(kept, 8, 1); kept[0] != 7 {
		t.Errorf("what is no sound was handed out as %v", kept)
	}
}

func TestInstance_ReplacesWords(t *testing.T) {
	i := instance(t, compiled(t, probe))
	const at = 1024
	floats := func(values ...float32) (words []uint32) {
		for _, v := range values {
			words = append(words, math.Float32bits(v))
		}
		return words
	}
	i.Put(at, []float32{.5, .25, .5, .25, .5}, 1)
	tests := []struct {
		these, others []uint32
		places        int
	}{
		{floats(.5, .25), floats(.125, .25), 2},
		{floats(.5, .25), floats(1, 1), 0},
		{floats(.5), floats(1, 1), 0}, // not as many
		{nil, nil, 0},
		{make([]uint32, 1<<20), make([]uint32, 1<<20), 0}, // more than there is
	}
	for _, test := range tests {
		if places := i.Replace(test.these, test.others); places != test.places {
			t.Errorf("%d words found in %d places, want %d", len(test.these), places, test.places)
		}
	}
	got := make([]float32, 5)
	if i.Get(got, at, 1); !slices.Equal(got, []float32{.125, .25, .125, .25, .5}) {
		t.Errorf("memory holds %v", got)
	}
	if err := i.Err(); err != nil {
		t.Error(err)
	}
}

func TestCompile_BadModules(t *testing.T) {
	for name, module := range map[string][]byte{"nothing": nil, "no module": []byte("RIFF...."), "half a module": probe[:len(probe)/2]} {
		if p, err := wasm.Compile(t.Context(), module, ours()); err == nil {
			t.Errorf("%s was compiled", name)
			_ = p.Close()
		}
	}
	p, err := wasm.Compile(t.Context(), probe, wasm.Library{Name: "another", Hosts: ours().Hosts})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	if _, err := p.Instance(t.Context(), "memory"); err == nil {
		t.Error("a module started without what it imports")
	}
	if _, err := compiled(t, probe).Instance(t.Context(), "none"); err == nil {
		t.Error("a module started without its memory")
	}
}

func TestPatch_PutsKernelsBehindAndCallsThem(t *testing.T) {
	sum := sha256.Sum256(probe)
	subtract := append(wasm.Get(0, 1), 0x6b, 0x01, 0x01, 0x01) // (i32.sub (local.get 0) (local.get 1)) nop nop nop
	from := bytes.Index(probe, subtract)
	if from < 0 {
		t.Fatal("the module does not subtract")
	}
	patched := wasm.Patch{
		Sum:     hex.EncodeToString(sum[:]),
		Kernels: kernel,
		// The module has a function that it imports, and six; of the kernels the second is meant.
		Places: []wasm.Place{{From: from, To: from + len(subtract), With: wasm.Code(wasm.Get(1, 0), wasm.Call(8))}},
	}.Apply(probe)
	i := instance(t, compiled(t, patched))
	if got := i.Function("patched").Call(6, 7); got != 42 || i.Err() != nil {
		t.Errorf("6 times 7, by a kernel, is %d (%v)", got, i.Err())
	}
	if got := i.Function("double").Call(21); got != 42 {
		t.Errorf("what was not patched: twice 21 is %d", got)
	}
}

func TestCode_ConstantsAreWhatTheySay(t *testing.T) {
	sum := sha256.Sum256(probe)
	from := bytes.Index(probe, append(wasm.Get(0, 1), 0x6b, 0x01, 0x01, 0x01))
	for _, want := range []uint32{0, 1, 63, 64, 127, 128, 159, 8191, 8192, 1 << 20} {
		patched := wasm.Patch{
			Sum:     hex.EncodeToString(sum[:]),
			Kernels: kernel,
			Places:  []wasm.Place{{From: from, To: from + 8, With: wasm.Constant(want)}},
		}.Apply(probe)
		if got := instance(t, compiled(t, patched)).Function("patched").Call(0, 0); got != want {
			t.Errorf("constant %d reads as %d", want, got)
		}
	}
}

func TestPatch_LeavesOtherModulesAlone(t *testing.T) {
	patch := wasm.Patch{Sum: strings.Repeat("0", 64), Kernels: kernel, Places: []wasm.Place{{From: 0, To: 4}}}
	if !slices.Equal(patch.Apply(probe), probe) {
		t.Error("a module that the patch does not know was changed")
	}
}

// TestModules_AreWhatTheirTextsSay assembles every .wat of this folder and of those beside it.
func TestModules_AreWhatTheirTextsSay(t *testing.T) {
	texts, _ := filepath.Glob("../*/*.wat")
	own, _ := filepath.Glob("testdata/*.wat")
	if len(texts) == 0 || len(own) == 0 {
		t.Fatal("there are no texts")
	}
	for _, text := range append(texts, own...) {
		want, err := os.ReadFile(strings.TrimSuffix(text, ".wat") + ".wasm")
		if err != nil {
			t.Error(err)
			continue
		}
		out := filepath.Join(t.TempDir(), "out.wasm")
		if message, err := exec.CommandContext(t.Context(), "wat2wasm", text, "-o", out).CombinedOutput(); err != nil {
			t.Fatalf("wat2wasm, of the package wabt, which the set-up for tests installs: %v %s", err, message)
		}
		if got, err := os.ReadFile(out); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s assembles to something else than the .wasm beside it (%v)", text, err)
		}
	}
}
