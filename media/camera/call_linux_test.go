package camera

import (
	"errors"
	"fmt"
	"image"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"parley/media"
)

// call is a pump on a machine, and who watches it.
type call struct {
	*machine
	*stage
	*Pump
	*viewer
}

// onCall runs a test with a pump over the real driver over cameras of the test's
// making, in virtual time.
func onCall(t *testing.T, want Format, test func(call)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		m, s := newMachine(t), &stage{}
		var feed media.Feed
		v := watch(&feed)
		m.plug("video0", webcam(t, "HD Webcam", "usb-1"))
		p := Start(Settings{Feed: &feed, Format: want, Open: m.Open, Report: s.report})
		pass(time.Second)
		if r := s.lastReport(); r.Using != "HD Webcam" || r.Err != nil {
			t.Errorf("at the beginning: %+v", r)
		}
		test(call{m, s, p, v})
		if err := p.Close(); err != nil {
			t.Error(err)
		}
		feed.Close()
		<-v.done
		synctest.Wait()
		m.left()
	})
}

// shows complains unless it is the camera that is seen now, at a rate.
func (c call) shows(rate, width int) {
	c.Helper()
	c.since()
	pass(4 * time.Second)
	got := c.since()
	if n := len(got); n < 4*rate-2 || n > 4*rate+2 {
		c.Errorf("%d frames in 4 s, want %d a second", n, rate)
	}
	for _, f := range got {
		if !f.bars || f.width != width {
			c.Fatalf("%+v is not the camera's in %d", f, width)
		}
	}
}

// standsIn complains unless something else is.
func (c call) standsIn(why error) {
	c.Helper()
	c.since()
	pass(4 * time.Second)
	got := c.since()
	if len(got) < 4*placeholderRate*3/4 || slices.ContainsFunc(got, func(f seen) bool { return f.bars }) {
		c.Errorf("%d frames instead of the camera's", len(got))
	}
	if r := c.lastReport(); !errors.Is(r.Err, why) || r.Using != "" {
		c.Errorf("told %+v, want %v", r, why)
	}
}

// A camera comes back by itself, under whatever node, and what is of the same
// make elsewhere never takes its place.
func TestCallWithACameraThatIsPulledOut(t *testing.T) {
	onCall(t, small, func(c call) {
		first := c.cameras["video0"]
		twin := webcam(c.T, "HD Webcam", "usb-9")
		c.plug("video5", twin)
		list, err := system{scan: c.kernel.cameras}.list()
		if err != nil || len(list) != 2 || list[0].ID == list[1].ID || list[0].Name == list[1].Name {
			c.Fatalf("%+v, %v", list, err)
		}
		c.Choose(choice(list[0].ID))
		pass(time.Second)
		c.shows(30, 160)
		for range 2 {
			c.unplug("video0")
			c.standsIn(ErrGone)
			if twin.begun != 0 {
				c.Error("the other camera was started")
			}
			c.plug("video3", first)
			pass(3 * time.Second)
			c.shows(30, 160)
			c.unplug("video3")
			c.standsIn(ErrGone)
			c.plug("video0", first)
			pass(3 * time.Second)
			c.shows(30, 160)
		}
	})
}

func TestCallWithACameraThatIsInUse(t *testing.T) {
	for why, refuse := range map[error]error{ErrBusy: unix.EBUSY, ErrDenied: unix.EACCES} {
		onCall(t, small, func(c call) {
			other := webcam(c.T, "Other", "usb-2")
			other.refuse = refuse
			c.tell("sys/class/video4linux/video2/name", "Other")
			c.plug("video2", other)
			c.Choose(choice("other"))
			c.standsIn(why)
			c.set(func() { other.refuse = nil })
			pass(3 * time.Second)
			if r := c.lastReport(); r.Err != nil || r.Using != "Other" {
				c.Errorf("%+v", r)
			}
			c.shows(30, 160)
		})
	}
}

func TestCallWithACameraThatFallsSilent(t *testing.T) {
	var silent atomic.Bool
	onCall(t, small, func(c call) {
		cam := c.cameras["video0"]
		c.set(func() { cam.ready = func(int) (bool, error) { return !silent.Load(), nil } })
		c.shows(30, 160)
		silent.Store(true)
		pass(10 * time.Second)
		if err := c.lastReport().Err; !errors.Is(err, ErrGone) && !errors.Is(err, ErrNoPicture) {
			c.Errorf("%v", err)
		}
		silent.Store(false)
		pass(10 * time.Second)
		c.shows(30, 160)
	})
}

// Less is had of a camera that runs; for more it is opened anew.
func TestCallFollowsTheFormat(t *testing.T) {
	onCall(t, Format{640, 360, 30}, func(c call) {
		cam := c.cameras["video0"]
		c.shows(30, 640)
		for _, step := range []struct {
			format Format
			begun  int
			asked  image.Point
		}{
			{Format{320, 180, 15}, 1, image.Pt(640, 360)},
			{Format{200, 112, 20}, 1, image.Pt(640, 360)},
			{Format{640, 360, 10}, 1, image.Pt(640, 360)},
			{Format{640, 360, 30}, 1, image.Pt(640, 360)},
			{Format{1280, 720, 30}, 2, image.Pt(1280, 720)},
			{Format{1280, 720, 5}, 2, image.Pt(1280, 720)},
		} {
			c.ChooseIn(media.DefaultDevice, step.format)
			pass(3 * time.Second)
			c.shows(step.format.Rate, step.format.Width&^1-step.format.Width%2)
			if cam.begun != step.begun || int(cam.format.width) != step.asked.X {
				c.Errorf("%+v: started %d times, in width %d", step.format, cam.begun, cam.format.width)
			}
		}
	})
}

// Nothing dark comes between two sizes, however long the camera takes.
func TestCallKeepsThePictureWhileTheFormatChanges(t *testing.T) {
	onCall(t, Format{320, 180, 30}, func(c call) {
		slow := func(request uintptr, _ unsafe.Pointer) error {
			if request == streamOn {
				time.Sleep(1500 * time.Millisecond) //nolint:forbidigo // virtual
			}
			return nil
		}
		c.set(func() { c.cameras["video0"].answer = slow })
		c.since()
		c.ChooseIn(media.DefaultDevice, hd)
		pass(4 * time.Second)
		for _, f := range c.since() {
			if !f.bars {
				c.Fatalf("%+v came between", f)
			}
		}
		c.shows(30, 1280)
	})
}

// Pictures that are no good are left out.
func TestCallWithFaults(t *testing.T) {
	onCall(t, small, func(c call) {
		cam := c.cameras["video0"]
		lie := func(request uintptr, arg unsafe.Pointer) error {
			if request == takeBuffer && cam.sent%10 == 0 {
				(*v4lBuffer)(arg).used = 3
			}
			return nil
		}
		c.set(func() { cam.answer = lie })
		c.shows(27, 160)
	})
}

// Whatever a camera becomes in a call, the call has pictures, and the camera is
// given back.
func TestCallGoesOnWhateverTheCameraDoes(t *testing.T) {
	for name, lie := range map[string]func(request uintptr, arg unsafe.Pointer) error{
		"every call fails":   func(uintptr, unsafe.Pointer) error { return unix.EIO },
		"no buffer is taken": func(r uintptr, _ unsafe.Pointer) error { return map[bool]error{true: unix.EIO}[r == putBuffer] },
		"none comes":         func(r uintptr, _ unsafe.Pointer) error { return map[bool]error{true: unix.EAGAIN}[r == takeBuffer] },
		"none has pictures": func(r uintptr, arg unsafe.Pointer) error {
			return only(r, takeBuffer, func() { (*v4lBuffer)(arg).used = 0 })
		},
		"none is known": func(r uintptr, arg unsafe.Pointer) error {
			return only(r, takeBuffer, func() { (*v4lBuffer)(arg).index = 99 })
		},
		"all are the same": func(r uintptr, arg unsafe.Pointer) error {
			return only(r, takeBuffer, func() { (*v4lBuffer)(arg).index = 0 })
		},
		"it cannot stop":      func(r uintptr, _ unsafe.Pointer) error { return map[bool]error{true: unix.EIO}[r == streamOff] },
		"it takes no formats": func(r uintptr, _ unsafe.Pointer) error { return map[bool]error{true: unix.EINVAL}[r == setFormat] },
	} {
		t.Run(name, func(t *testing.T) {
			onCall(t, small, func(c call) {
				cam := c.cameras["video0"]
				c.set(func() { cam.answer = lie })
				most := 0
				for range 60 {
					pass(500 * time.Millisecond)
					c.machine.mu.Lock()
					most = max(most, c.mapped)
					c.machine.mu.Unlock()
				}
				if n := len(c.since()); n < 20*placeholderRate/2 {
					c.Errorf("%d frames in 30 s", n)
				}
				if most > mostBuffers {
					c.Errorf("%d buffers were mapped at a time", most)
				}
				c.set(func() { cam.answer = nil })
				pass(10 * time.Second)
				c.shows(30, 160)
			})
		})
	}
}

func only(got, want uintptr, lie func()) error {
	if got == want {
		lie()
	}
	return nil
}

func TestCamerasAreKnownByWhatTheyAre(t *testing.T) {
	m := newMachine(t)
	for node, c := range map[string]*camera{
		"video0":  webcam(t, "Integrated", "usb-1"),
		"video1":  {card: "Integrated", bus: "usb-1", can: 1 << 23}, // metadata
		"video2":  webcam(t, "C920", "usb-2"),
		"video3":  {card: "Infrared", bus: "usb-1", codes: []uint32{fourCC("GREY")}},
		"video4":  webcam(t, "C920", "usb-3"),
		"video10": webcam(t, "C920", "usb-4"),
		"video11": {card: "secret", refuse: unix.EACCES},
		"video12": {card: "its metadata", refuse: unix.EACCES},
		"video13": {refuse: unix.ENODEV},
	} {
		m.plug(node, c)
	}
	m.link("dev/v4l/by-path/pci-usb-0:2", "../../video2")
	m.link("dev/v4l/by-id/usb-C920-index0", "../../video4")
	m.serial("video10", "1-4", "8A2B")
	m.tell("sys/class/video4linux/video11/name", "Locked Cam")
	m.tell("sys/class/video4linux/video11/index", "0")
	m.tell("sys/class/video4linux/video12/index", "1")
	s := system{scan: m.kernel.cameras}
	list, err := s.list()
	want := []media.Device{
		{Kind: media.Camera, ID: "Integrated@usb-1", Name: "Integrated", Default: true},
		{Kind: media.Camera, ID: "C920@pci-usb-0:2", Name: "C920"},
		{Kind: media.Camera, ID: "C920@usb-3", Name: "C920 (2)"},
		{Kind: media.Camera, ID: "C920#8A2B@usb-4", Name: "C920 (3)"},
		{Kind: media.Camera, ID: "Locked Cam@video11", Name: "Locked Cam"},
	}
	if err != nil || !slices.Equal(list, want) {
		t.Errorf("%v, %+v", err, list)
	}
	found, err := s.devices()
	if err != nil {
		t.Fatal(err)
	}
	for text, id := range map[string]string{
		"": "Integrated@usb-1", "c920": "C920@pci-usb-0:2", "C920 (2)": "C920@usb-3", "C920@usb-3": "C920@usb-3",
		"/dev/video4": "C920@usb-3", "video10": "C920#8A2B@usb-4", "usb-C920-index0": "C920@usb-3", "pci-usb-0:2": "C920@pci-usb-0:2",
		"C920#8A2B@elsewhere": "C920#8A2B@usb-4",
	} {
		if d, err := find(found, choice(text)); err != nil || d.ID != id {
			t.Errorf("%q is %q, %v; want %q", text, d.ID, err, id)
		}
	}
	for _, text := range []string{"C920@elsewhere", "C920#other@usb-4", "video1", "video13", "@", "#@"} {
		if d, err := find(found, choice(text)); !errors.Is(err, ErrNoCamera) {
			t.Errorf("%q is %q, %v", text, d.ID, err)
		}
	}
	for text, name := range map[string]string{
		"C920#8A2B@usb-4": "C920", "C920@usb-3": "C920", "plain": "plain", "@x": "@x", "": "", "a@b@c": "a@b",
	} {
		if got := NameIn(choice(text)); got != name {
			t.Errorf("%q is called %q", text, got)
		}
	}
}

// Two nodes of one place and make are two cameras.
func TestCamerasOfOnePlace(t *testing.T) {
	m := newMachine(t)
	m.plug("video0", webcam(t, "Twin", "usb-1"))
	m.plug("video1", webcam(t, "Twin", "usb-1"))
	list, err := system{scan: m.kernel.cameras}.list()
	if err != nil || len(list) != 2 || list[0].ID != "Twin@usb-1" || list[1].ID != "Twin@usb-1.2" {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestAttempts(t *testing.T) {
	var modes []mode
	for _, code := range []string{"NV12", "MJPG", "YUYV"} {
		for _, size := range []image.Point{{640, 360}, {1280, 720}, {1920, 1080}} {
			for _, rate := range []float64{5, 30} {
				modes = append(modes, mode{fourCC(code), size.X, size.Y, rate})
			}
		}
	}
	var got []string
	for _, m := range attempts(modes, hd) {
		got = append(got, fmt.Sprintf("%c%d@%v", rune(m.code&0xff), m.height, m.rate))
	}
	if want := []string{"N720@30", "Y720@30", "M720@30", "N1080@30", "Y1080@30", "M1080@30", "N360@30", "Y360@30"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if len(attempts(nil, hd)) != 0 {
		t.Error("something of nothing")
	}
}

func TestStepped(t *testing.T) {
	for _, c := range []struct {
		want              int
		least, most, step uint32
		got               int
	}{
		{1280, 32, 1920, 16, 1280},
		{1280, 32, 1000, 32, 992},
		{8, 32, 1000, 32, 32},
		{100, 33, 1000, 32, 97},
		{100, 0, 0, 0, 0},
		{100, 500, 50, 7, 50},
		{1280, 1, 4096, 1, 1280},
	} {
		if got := stepped(c.want, c.least, c.most, c.step); got != c.got {
			t.Errorf("%+v: %d", c, got)
		}
	}
}
