package conn

import (
	"context"
	"errors"
	"io"
	"reflect"
	"testing"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
)

// wire is a source of RTCP that brings some compounds, and then none any more.
type wire struct {
	compounds [][]byte
	err       error
}

func (w *wire) Read(b []byte) (int, interceptor.Attributes, error) {
	if len(w.compounds) == 0 {
		return 0, nil, w.err
	}
	n := copy(b, w.compounds[0])
	w.compounds = w.compounds[1:]
	return n, nil, nil
}

func compound(t testing.TB, packets ...rtcp.Packet) []byte {
	t.Helper()
	raw, err := rtcp.Marshal(packets)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// everything is one packet of each kind that is handed over.
func everything() []rtcp.Packet {
	return []rtcp.Packet{
		&rtcp.SenderReport{SSRC: 1, NTPTime: 2, RTPTime: 3, Reports: []rtcp.ReceptionReport{{SSRC: 4, FractionLost: 5}}},
		&rtcp.ReceiverReport{SSRC: 1, Reports: []rtcp.ReceptionReport{{SSRC: 4, FractionLost: 5}, {SSRC: 6}}},
		&rtcp.TransportLayerNack{SenderSSRC: 1, MediaSSRC: 2, Nacks: []rtcp.NackPair{{PacketID: 3, LostPackets: 4}}},
		&Feedback{Sender: 1, Media: 2, First: 3, Reference: 4, Packets: []Fate{{Came: true, Delta: 5}, {}}},
		&rtcp.PictureLossIndication{SenderSSRC: 1, MediaSSRC: 2},
		&rtcp.FullIntraRequest{SenderSSRC: 1, MediaSSRC: 2, FIR: []rtcp.FIREntry{{SSRC: 3, SequenceNumber: 4}}},
		&rtcp.ReceiverEstimatedMaximumBitrate{SenderSSRC: 1, Bitrate: 1 << 20, SSRCs: []uint32{2}},
	}
}

func TestReadRTCP_HandsOverWhatIsLookedAt(t *testing.T) {
	all := everything()
	known := compound(t, all...)
	others := compound(t, &rtcp.Goodbye{Sources: []uint32{1}}, &rtcp.SourceDescription{}, &rtcp.RapidResynchronizationRequest{}, &rtcp.SliceLossIndication{})
	w := &wire{compounds: [][]byte{others, known, known[:len(known)-3], {1, 2, 3}, known}, err: io.EOF}
	i := 0
	ReadRTCP(t.Context(), w, func(p rtcp.Packet) {
		want := compound(t, all[i%len(all)])
		if got := compound(t, p); reflect.TypeOf(p) != reflect.TypeOf(all[i%len(all)]) || string(got) != string(want) {
			t.Errorf("packet %d is %T %x, want %x", i, p, got, want)
		}
		if i++; i == 2*len(all)-1 {
			i++ // the last of the compound that is cut off
		}
	})
	if i != 3*len(all) {
		t.Errorf("%d packets, want %d", i, 3*len(all))
	}
}

func TestReadRTCP_EndsWithItsSource(t *testing.T) {
	reads := 0
	ReadRTCP(t.Context(), sourceFunc(func([]byte) (int, error) {
		reads++
		return 0, errors.New("malformed")
	}), func(rtcp.Packet) { t.Error("there was none") })
	if reads != maxBadReads {
		t.Errorf("%d reads failed until the source was given up", reads)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	ReadRTCP(ctx, &wire{compounds: [][]byte{compound(t, everything()...)}}, func(rtcp.Packet) { t.Error("it was not to be read") })
}

type sourceFunc func([]byte) (int, error)

func (f sourceFunc) Read(b []byte) (int, interceptor.Attributes, error) {
	n, err := f(b)
	return n, nil, err
}

func TestReadRTCP_AllocatesNothing(t *testing.T) {
	all := everything()
	raw := compound(t, all[:len(all)-1]...) // the last, REMB, drops its memory when it is read
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	read := 0
	count := func(p rtcp.Packet) { read++ }
	of := func(compounds int) float64 {
		return testing.AllocsPerRun(10, func() {
			left := compounds
			ReadRTCP(ctx, sourceFunc(func(b []byte) (int, error) {
				if left--; left < 0 {
					return 0, io.EOF
				}
				return copy(b, raw), nil
			}), count)
		})
	}
	if one, many := of(1), of(100); many > one || read == 0 {
		t.Errorf("a hundred compounds allocate %v times, one %v", many, one)
	}
}

func FuzzReadRTCP(f *testing.F) {
	f.Add(compound(f, everything()...))
	f.Add(compound(f, &rtcp.Goodbye{Sources: []uint32{1}}))
	f.Fuzz(func(t *testing.T, data []byte) {
		ReadRTCP(t.Context(), &wire{compounds: [][]byte{data, data}, err: io.EOF}, func(rtcp.Packet) {})
	})
}
