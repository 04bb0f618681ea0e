package room

import (
	"math"

	"parley/media"
	"parley/media/sinc"
)

const (
	soundSpeed   = 343.0 // m/s
	imageFilter  = 0.002 // s, half of the low-pass that places an image between samples
	imageHighest = 0.9   // of the Nyquist frequency
)

// Shoebox is a room with six even walls.
type Shoebox struct {
	Size       [3]float64 // m
	Speaker    [3]float64 // m, from one corner
	Microphone [3]float64
	T60        float64 // s, in which sound dies away by 60 dB, after W. C. Sabine
}

// Office is a small furnished room with a laptop's distances: T60 is 0.2 s.
func Office() Shoebox {
	return Shoebox{Size: [3]float64{4.1, 3.3, 2.6}, Speaker: [3]float64{1.6, 1.2, 0.8}, Microphone: [3]float64{1.9, 1.3, 0.95}, T60: 0.2}
}

// Impulse returns the impulse response from the loudspeaker to the microphone, by
// the image method of J. B. Allen and D. A. Berkley, "Image Method for Efficiently
// Simulating Small-Room Acoustics", JASA 65(4), 1979, with images placed between
// samples as P. M. Peterson does (JASA 80(5), 1986). The walls reflect evenly. It is
// as long as T60, and its energy is 1, so that a Path's gain is that of the echo.
func (s Shoebox) Impulse() []float64 {
	out := make([]float64, int(s.T60*media.SampleRate))
	reflection := s.reflection()
	reach := s.T60 * soundSpeed // m
	var most [3]int
	for axis, size := range s.Size {
		most[axis] = int(reach/(2*size)) + 1
	}
	for x := -most[0]; x <= most[0]; x++ {
		for y := -most[1]; y <= most[1]; y++ {
			for z := -most[2]; z <= most[2]; z++ {
				s.images(out, [3]int{x, y, z}, reflection, reach)
			}
		}
	}
	return unit(out)
}

// reflection is the share of the pressure that a wall reflects.
func (s Shoebox) reflection() float64 {
	x, y, z := s.Size[0], s.Size[1], s.Size[2]
	absorbed := 0.161 * x * y * z / (2 * (x*y + y*z + z*x) * s.T60)
	return math.Sqrt(max(0, 1-absorbed))
}

// images adds the eight images of the loudspeaker in one copy of the room.
func (s Shoebox) images(out []float64, copied [3]int, reflection, reach float64) {
	for corner := range 8 {
		square, bounces := 0.0, 0
		for axis := range 3 {
			mirrored := corner >> axis & 1
			d := float64(1-2*mirrored)*s.Speaker[axis] + 2*float64(copied[axis])*s.Size[axis] - s.Microphone[axis]
			square += d * d
			bounces += abs(copied[axis]-mirrored) + abs(copied[axis])
		}
		if distance := math.Sqrt(square); distance < reach {
			place(out, distance/soundSpeed*media.SampleRate, math.Pow(reflection, float64(bounces))/max(distance, 0.05))
		}
	}
}

// place adds an impulse at a place between samples.
func place(out []float64, at, strength float64) {
	const half = imageFilter * media.SampleRate
	for i := max(0, int(math.Ceil(at-half))); i < len(out) && float64(i) <= at+half; i++ {
		x := float64(i) - at
		out[i] += strength * (0.5 + 0.5*math.Cos(math.Pi*x/half)) * imageHighest * sinc.At(imageHighest*x)
	}
}

// unit brings to an energy of 1.
func unit(v []float64) []float64 {
	sum := 0.0
	for _, s := range v {
		sum += s * s
	}
	for i := range v {
		v[i] /= math.Sqrt(max(sum, 1e-30))
	}
	return v
}

func abs(i int) int { return max(i, -i) }
