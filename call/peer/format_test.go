package peer

import (
	"bytes"
	"encoding/binary"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtp/codecs"

	"parley/media/h264"
)

// dialect makes frames of a codec, as far as RTP looks at them.
type dialect struct {
	mime   string
	make   func(number int, key bool, length int) []byte
	number func(frame []byte) int
}

var dialects = []dialect{
	{VP8, plainFrame(0, 1), plainNumber},
	{VP9, plainFrame(0x82, 0x86), plainNumber},
	{H264, accessUnit, func(frame []byte) int {
		units := h264.AppendUnits(nil, frame)
		slice := units[len(units)-1]
		return int(slice[2]&0x7f)<<7 | int(slice[3]&0x7f)
	}},
}

// plainFrame makes frames that begin with a byte that tells key frames.
func plainFrame(key, other byte) func(number int, isKey bool, length int) []byte {
	return func(number int, isKey bool, length int) []byte {
		data := bytes.Repeat([]byte{byte(number)}, length)
		if data[0] = other; isKey {
			data[0] = key
		}
		binary.BigEndian.PutUint32(data[1:], uint32(number))
		return data
	}
}

func plainNumber(frame []byte) int { return int(binary.BigEndian.Uint32(frame[1:])) }

// accessUnit makes parameter sets and an IDR slice, or a slice.
func accessUnit(number int, key bool, length int) []byte {
	slice := bytes.Repeat([]byte{0x80 | byte(number)}, max(length, 5))
	slice[0], slice[2], slice[3] = 0x61, 0x80|byte(number>>7), 0x80|byte(number)
	if !key {
		return appendUnit(nil, slice[0], slice[1:])
	}
	slice[0] = 0x65
	frame := appendUnit(nil, 0x67, []byte{66, 0xc0, 31})
	frame = appendUnit(frame, 0x68, []byte{0xce, 0x3c, 0x80})
	return appendUnit(frame, slice[0], slice[1:])
}

func TestPacketizers_RoundTrip(t *testing.T) {
	for _, d := range dialects {
		for _, length := range []int{5, 6, 1000, maxPayload - 20, maxPayload - 4, maxPayload - 3, maxPayload - 2, maxPayload, maxPayload + 1, 100_000} {
			s := newStreamOf(d).frame(true, length).frame(false, length)
			for _, p := range s.packets {
				if len(p.payload) > maxPayload {
					t.Errorf("%s, %d bytes: a payload of %d", d.mime, length, len(p.payload))
				}
			}
			equal(t, feed(t, newAssembler(minPatience), s, s.packets...), 0, 1)
		}
	}
}

// What we send is read by another implementation as it is meant.
func TestVP9Packetizer_Descriptor(t *testing.T) {
	s := newStreamOf(dialects[1]).frame(true, 3000).frame(false, 10)
	var picture uint16
	for i, p := range s.packets {
		var parsed codecs.VP9Packet
		if _, err := parsed.Unmarshal(p.payload); err != nil {
			t.Fatal(err)
		}
		first, key := i == 0 || s.packets[i-1].marker, p.stamp == 0
		if parsed.B != first || parsed.E != p.marker || parsed.P == key || parsed.F || parsed.L || parsed.V {
			t.Errorf("packet %d: %+v", i, parsed)
		}
		if i > 0 && parsed.PictureID != (picture+uint16(p.stamp/3000))&0x7fff {
			t.Errorf("packet %d: picture %d after %d", i, parsed.PictureID, picture)
		}
		if i == 0 {
			picture = parsed.PictureID
		}
	}
}

func TestH264Packetizer_AsOthersReadIt(t *testing.T) {
	s := newStreamOf(dialects[2]).frame(true, 5000).frame(false, 1000).frame(true, 100)
	var parser codecs.H264Packet
	var read []byte
	for _, p := range s.packets {
		data, err := parser.Unmarshal(p.payload)
		if err != nil {
			t.Fatal(err)
		}
		read = append(read, data...)
	}
	if want := bytes.Join(s.frames, nil); !bytes.Equal(read, want) {
		t.Errorf("%d bytes became %d", len(want), len(read))
	}
	if n := len(s.packets); n != 1+5+1+1 {
		t.Errorf("%d packets", n) // parameter sets, pieces, a slice, everything together
	}
}

// Packetization mode 0 knows neither groups nor pieces.
func TestH264Packetizer_Whole(t *testing.T) {
	p := h264Packetizer{whole: true}
	d := h264Depacketizer{}
	want := accessUnit(1, true, 500)
	var joined []byte
	count := 0
	p.split(want, func(payload []byte, last bool) {
		var ok bool
		if joined, ok = d.join(joined, payload, count == 0); !ok || payload[0]&h264.KindMask > nalLast {
			t.Errorf("payload %d: %v", count, ok)
		}
		if count++; last != (count == 3) {
			t.Errorf("payload %d: last is %v", count, last)
		}
	})
	if !bytes.Equal(joined, want) {
		t.Errorf("%d bytes became %d", len(want), len(joined))
	}
}

func TestVP9Depacketizer(t *testing.T) {
	key, later := "\x82frame", "\x86frame"
	for name, row := range map[string]struct {
		payload     string
		ok          bool
		begins, key bool
	}{
		"no picture id":      {"\x0c" + key, true, true, true},
		"short picture id":   {"\x8c\x11" + key, true, true, true},
		"layers":             {"\xac\x91\x23\x20\x07" + key, true, true, true},
		"upper layer":        {"\xac\x91\x23\x22\x07" + key, true, false, false},
		"flexible":           {"\xfc\x91\x23\x20\x03\x05\x02" + later, true, true, false},
		"structure":          {"\x8e\x11\x18\x05\x00\x02\xd0\x01\x14\x02" + key, true, true, true},
		"not the beginning":  {"\xc4\x11" + later, true, false, false},
		"predicted":          {"\xcc\x11" + later, true, true, false},
		"four references":    {"\xdc\x11\x03\x03\x03\x02" + later, false, false, false},
		"cut off":            {"\xac\x91\x23", false, false, false},
		"structure cut off":  {"\x8e\x11\xff\x05", false, false, false},
		"only a descriptor":  {"\x8c\x11", false, false, false},
		"groups without end": {"\x8e\x11\x08\xff\x14\x02", false, false, false},
	} {
		p, ok := vp9Depacketizer{}.look([]byte(row.payload))
		if ok != row.ok || p.begins != row.begins || p.key != row.key {
			t.Errorf("%s: %v, begins %v, key %v", name, ok, p.begins, p.key)
		}
		if ok && string(p.content[1:]) != "frame" {
			t.Errorf("%s: %q", name, p.content)
		}
	}
}

func TestH264Depacketizer(t *testing.T) {
	for name, row := range map[string]struct {
		payloads []string
		begins   bool
		key      bool
		want     string // empty if malformed
	}{
		"a slice":              {[]string{"\x41\x9a\x01"}, true, false, "\x41\x9a\x01"},
		"a later slice":        {[]string{"\x41\x4a\x01"}, false, false, "\x41\x4a\x01"},
		"delimiter, then IDR":  {[]string{"\x09\x10", "\x65\x88"}, true, false, "\x09\x10\x00\x00\x00\x01\x65\x88"},
		"IDR":                  {[]string{"\x65\x88\x01"}, true, true, "\x65\x88\x01"},
		"a group":              {[]string{"\x78\x00\x02\x67\x42\x00\x02\x68\x01"}, true, true, "\x67\x42\x00\x00\x00\x01\x68\x01"},
		"pieces":               {[]string{"\x7c\x85\x88", "\x7c\x05\x02", "\x7c\x45\x03"}, true, true, "\x65\x88\x02\x03"},
		"no first piece":       {[]string{"\x7c\x05\x02", "\x7c\x45\x03"}, false, false, ""},
		"two first pieces":     {[]string{"\x7c\x85\x88", "\x7c\x85\x88"}, true, true, ""},
		"a unit within pieces": {[]string{"\x7c\x85\x88", "\x41\x9a\x01"}, true, true, ""},
		"empty unit in group":  {[]string{"\x78\x00\x00"}, false, false, ""},
		"group cut off":        {[]string{"\x78\x00\x09\x67\x42"}, false, false, ""},
		"empty group":          {[]string{"\x78\x00"}, false, false, ""},
		"STAP-B":               {[]string{"\x79\x00\x00\x00\x01\x67"}, false, false, ""},
		"nothing":              {[]string{"\x41"}, false, false, ""},
	} {
		var d h264Depacketizer
		frame, good := []byte(nil), true
		for i, payload := range row.payloads {
			p, ok := d.look([]byte(payload))
			if i == 0 && (p.begins != row.begins || p.key != row.key) {
				t.Errorf("%s: begins %v, key %v", name, p.begins, p.key)
			}
			if good = good && ok; good {
				frame, good = d.join(frame, p.content, i == 0)
			}
		}
		if got := strings.TrimPrefix(string(frame), "\x00\x00\x00\x01"); good != (row.want != "") || good && got != row.want {
			t.Errorf("%s: %v, %q", name, good, got)
		}
	}
}

// obus returns what is in the OBUs of a temporal unit but its delimiter.
func obus(t *testing.T, unit []byte) (all []string) {
	t.Helper()
	for len(unit) > 0 {
		size, rest, ok := cutLEB128(unit[1:])
		if !ok || unit[0]&obuHasSize == 0 || size > len(rest) {
			t.Fatalf("no OBU: %q", unit)
		}
		if kind := unit[0] & obuType >> 3; kind != obuTemporalDelimiter {
			all = append(all, string(unit[:1])+string(rest[:size]))
		}
		unit = rest[size:]
	}
	return all
}

// What another implementation cuts into packets comes back as it was.
func TestAV1Depacketizer(t *testing.T) {
	file, err := os.ReadFile("../../media/codec/testdata/av1.ivf")
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []uint16{40, 300, maxPayload} {
		a, as := newAssembler(minPatience), newFormat(AV1)
		sequence, shown := int64(0), 0
		for left := file[32:]; len(left) > 12; {
			end := 12 + binary.LittleEndian.Uint32(left)
			unit := left[12:end]
			left = left[end:]
			payloads := (&codecs.AV1Payloader{}).Payload(size, unit)
			for i, payload := range payloads {
				sequence++
				a.push(as, sequence, uint32(shown)*3000, i == len(payloads)-1, payload, begin)
			}
			f, ok := a.pop(begin)
			if got, want := obus(t, f.data), obus(t, unit); !ok || strings.Join(got, "|") != strings.Join(want, "|") || f.key != (shown == 0) {
				t.Fatalf("payloads of %d, unit %d: %v, key %v, %d OBUs, want %d", size, shown, ok, f.key, len(got), len(want))
			}
			shown++
		}
		if shown != 5 {
			t.Errorf("%d units", shown)
		}
	}
}

func TestAV1Depacketizer_Malformed(t *testing.T) {
	for name, payloads := range map[string][]string{
		"goes on with nothing": {"\x90\x32\x01"},
		"does not go on":       {"\x58\x32\x01", "\x10\x32\x01"},
		"element cut off":      {"\x08\x7f\x32\x01"},
		"endless length":       {"\x08\xff\xff\xff\xff\xff\x32"},
		"empty element":        {"\x08\x00\x00"},
		"half an extension":    {"\x18\x36"},
	} {
		var d av1Depacketizer
		frame, good := []byte(nil), true
		for i, payload := range payloads {
			p, ok := d.look([]byte(payload))
			if good = good && ok; good {
				frame, good = d.join(frame, p.content, i == 0)
			}
		}
		if good {
			t.Errorf("%s: %q", name, frame)
		}
	}
}

func TestFormats_AllocateNothing(t *testing.T) {
	for _, d := range dialects {
		cut, as, a := newPacketizer(d.mime), newFormat(d.mime), newAssembler(minPatience)
		frame, sequence, now := d.make(1, true, 30_000), int64(0), time.Unix(0, 0)
		step := func() {
			now = now.Add(time.Second / 30)
			cut.split(frame, func(payload []byte, last bool) {
				sequence++
				a.push(as, sequence, uint32(sequence), last, payload, now)
			})
			a.pop(now)
		}
		for range 2 * window {
			step()
		}
		if n := testing.AllocsPerRun(100, step); n > 1 { // the closure of this test
			t.Errorf("%s: %v allocations a frame", d.mime, n)
		}
	}
}

func TestScreensGoByCodecsThatFindWhatMoved(t *testing.T) {
	given := []string{VP8, H264, VP9}
	o := newScreenOutbound(given)
	if o.read().Codec != H264 || given[0] != VP8 {
		t.Errorf("first is %s, and what was given is %v", o.read().Codec, given)
	}
}
