package voice

import "math"

// The noise floor by minimum statistics (R. Martin, "Noise power spectral density
// estimation based on optimal smoothing and minimum statistics", IEEE Trans.
// Speech and Audio Processing 9(5), 2001), of the whole band: speech pauses
// within every 4 s, if only for a moment, and what is left then is noise.
const (
	floorSmooth  = 0.7 // what is kept of the smoothed power a step: 30 ms
	floorWindow  = 40  // steps
	floorWindows = 10
	floorBias    = 1.5 // a minimum is below the mean

	// floorLeast and floorMost bound the floor: -75 dBFS, where what a suppressor
	// leaves of noise and the noise of a good microphone meet, and -20.
	floorLeast = 3.2e-8
	floorMost  = 1e-2
)

type floor struct {
	begun   bool // something was heard: a device begins with digital silence
	smooth  float32
	minima  [floorWindows]float32
	current float32 // the smallest in the window that is under way
	count   int     // steps in it
	place   int     // in minima
	power   float32 // of the noise
}

func newFloor() floor {
	f := floor{power: floorLeast, current: math.MaxFloat32}
	for i := range f.minima {
		f.minima[i] = math.MaxFloat32
	}
	return f
}

func (f *floor) step(power float32) {
	if !f.begun {
		if f.begun = power > leastPower; !f.begun {
			return
		}
		f.smooth = power
	}
	f.smooth = floorSmooth*f.smooth + (1-floorSmooth)*power
	if f.smooth < leastPower {
		f.smooth = 0
	}
	f.current = min(f.current, f.smooth)
	if f.count++; f.count == floorWindow {
		f.minima[f.place] = f.current
		f.place = (f.place + 1) % floorWindows
		f.current, f.count = f.smooth, 0
	}
	least := f.current
	for _, m := range f.minima {
		least = min(least, m)
	}
	f.power = min(max(least*floorBias, floorLeast), floorMost)
}

// amplitude returns the noise's root mean square.
func (f *floor) amplitude() float32 { return float32(math.Sqrt(float64(f.power))) }
