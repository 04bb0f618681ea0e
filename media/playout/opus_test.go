package playout

import "testing"

func TestPacketLength(t *testing.T) {
	tests := []struct {
		name   string
		packet []byte
		want   int
	}{
		{"nothing", nil, 960},
		{"SILK 10 ms", []byte{0 << 3}, 480},
		{"SILK 60 ms", []byte{3 << 3}, 2880},
		{"SILK wideband 20 ms", []byte{9 << 3}, 960},
		{"hybrid 10 ms", []byte{14 << 3}, 480},
		{"CELT 2.5 ms", []byte{16 << 3}, 120},
		{"CELT 20 ms", []byte{31 << 3}, 960},
		{"two frames", []byte{31<<3 | 1}, 1920},
		{"three frames", []byte{31<<3 | 3, 3}, 2880},
		{"no count", []byte{31<<3 | 3}, 960},
		{"no frames", []byte{31<<3 | 3, 0}, 960},
		{"more than 120 ms", []byte{3<<3 | 3, 3}, 960},
	}
	for _, tt := range tests {
		if got := packetLength(tt.packet); got != tt.want {
			t.Errorf("%s: %d samples, want %d", tt.name, got, tt.want)
		}
	}
}

func TestCarriesPrevious(t *testing.T) {
	tests := []struct {
		name   string
		packet []byte
		want   bool
	}{
		{"nothing", nil, false},
		{"header alone", []byte{1 << 3}, false},
		{"SILK without", []byte{1 << 3, 0x80}, false},
		{"SILK with", []byte{1 << 3, 0x40}, true},
		{"SILK 60 ms, activity only", []byte{3 << 3, 0xe0}, false},
		{"SILK 60 ms with", []byte{3 << 3, 0x10}, true},
		{"stereo, side channel", []byte{1<<3 | 4, 0x10}, true},
		{"hybrid with", []byte{13 << 3, 0x40}, true},
		{"CELT", []byte{31 << 3, 0x40}, false},
		{"two frames of different length", []byte{1<<3 | 2, 10, 0x40}, true},
		{"long first frame", []byte{1<<3 | 2, 252, 1, 0x40}, true},
		{"cut off", []byte{1<<3 | 2, 255}, false},
		{"many frames of one length", []byte{1<<3 | 3, 2, 0x40}, true},
		{"many frames without", []byte{1<<3 | 3, 2, 0x80}, false},
		{"many frames, padded", []byte{1<<3 | 3, 0x42, 255, 1, 0x40}, true},
		{"many frames, each of its length", []byte{1<<3 | 3, 0x83, 9, 252, 1, 0x40}, true},
		{"many frames, cut off", []byte{1<<3 | 3, 0x83, 9}, false},
		{"nothing but padding", []byte{1<<3 | 3, 0x42, 255, 255}, false},
	}
	for _, tt := range tests {
		if got := carriesPrevious(tt.packet); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}
