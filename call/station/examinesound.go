package station

import (
	"context"
	"errors"
	"math"
	"slices"
	"strconv"
	"time"

	"parley/media"
	"parley/media/audio"
)

const (
	openWithin = 8 * time.Second        // sound systems that take longer are told as they are then
	quietFor   = 500 * time.Millisecond // after which no report corrects the last
	listenFor  = 2 * time.Second
)

// sound examines the devices by opening them: speaker and, if it may, microphone.
func (e *examiner) sound(ctx context.Context, choices map[media.DeviceKind]media.Choice, listen bool) {
	reports := make(chan audio.Report, 1)
	engine := audio.Open(audio.Options{
		Microphone: choices[media.Microphone], Speaker: choices[media.Speaker], Ringer: choices[media.Ringer], Log: e.log,
		Report: func(r audio.Report) {
			select {
			case <-reports: // overtaken
			default:
			}
			reports <- r
		},
	})
	defer func() {
		if err := engine.Close(); err != nil {
			e.log.Warn("the sound device did not close", "err", err)
		}
	}()
	engine.Use(listen, true)
	r := settled(ctx, reports, choices, listen)
	e.problems(r)
	e.microphone(r, choices[media.Microphone], listen)
	e.speaker(r, choices)
	if listen && r.Microphone != "" && choices[media.Microphone] != media.Off && !e.said("notice.microphoneFile") {
		e.listen(ctx, engine.Sound())
	}
}

// settled returns the report in which speaker and, if it is asked for, microphone
// are open or have failed, and that nothing corrects; or the last one after openWithin.
func settled(ctx context.Context, reports <-chan audio.Report, choices map[media.DeviceKind]media.Choice, listen bool) audio.Report {
	ctx, cancel := context.WithTimeout(ctx, openWithin)
	defer cancel()
	var r audio.Report
	about := func(kind media.DeviceKind, using string) bool {
		failed := func(p audio.Problem) bool { return p.Kind == kind }
		return using != "" || choices[kind] == media.Off || slices.ContainsFunc(r.Problems, failed)
	}
	for {
		var quiet <-chan time.Time
		if about(media.Speaker, r.Speaker) && (!listen || about(media.Microphone, r.Microphone)) {
			quiet = time.After(quietFor)
		}
		select {
		case r = <-reports:
		case <-quiet:
			return r
		case <-ctx.Done():
			return r
		}
	}
}

// problems notes what is wrong with the devices that were opened, each cause once.
func (e *examiner) problems(r audio.Report) {
	for _, p := range r.Problems {
		n := soundNotice(p)
		key := "notice." + n.Code
		if !e.said(key) {
			e.note(Finding{Grade: gradeOf(p, r), Key: key, Args: n.Args, Err: p})
		}
	}
}

func (e *examiner) said(key string) bool {
	return slices.ContainsFunc(e.found, func(f Finding) bool { return f.Key == key })
}

// soundless tells whether it was said that there is no device at all.
func (e *examiner) soundless() bool {
	return e.said("notice.noSoundServer") || e.said("notice.noSoundDevices")
}

// microphone notes which it is. One that was not opened is told by the list.
func (e *examiner) microphone(r audio.Report, choice media.Choice, opened bool) {
	name := r.Microphone
	if !opened {
		name = listedAs(r.Devices, choice)
	}
	switch {
	case choice == media.Off:
		e.note(Finding{Grade: Poor, Key: "doctor.microphoneOff"})
	case e.said("notice.microphoneFile"):
	case name != "":
		e.note(Finding{Grade: Well, Key: "doctor.microphone", Args: map[string]string{"name": name}})
	case opened || e.soundless(): // told by its problem
	case choice == media.DefaultDevice:
		e.note(Finding{Grade: Wrong, Key: "notice.noMicrophone"})
	default:
		e.note(Finding{Grade: Poor, Key: "notice.microphoneLost"})
	}
}

// speaker notes where calls are heard, and where it rings if that is elsewhere.
func (e *examiner) speaker(r audio.Report, choices map[media.DeviceKind]media.Choice) {
	switch {
	case choices[media.Speaker] == media.Off:
		e.note(Finding{Grade: Poor, Key: "doctor.speakerOff"})
	case r.Speaker != "" && !e.said("notice.speakerFile"):
		e.note(Finding{Grade: Well, Key: "doctor.speaker", Args: map[string]string{"name": r.Speaker}})
	}
	ringer := choices[media.Ringer]
	if _, file := ringer.File(); file || ringer == media.DefaultDevice || ringer == media.Off || e.soundless() {
		return
	}
	for _, d := range r.Devices {
		if d.Kind == media.Speaker && (d.ID == ringer.String() || d.Name == ringer.String()) {
			e.note(Finding{Grade: Well, Key: "doctor.ringer", Args: map[string]string{"name": d.Name}})
			return
		}
	}
	e.note(Finding{Grade: Poor, Key: "notice.ringerLost"})
}

// gradeOf tells how much calls miss a device: less where another stands in.
func gradeOf(p audio.Problem, r audio.Report) Grade {
	using := map[media.DeviceKind]string{media.Microphone: r.Microphone, media.Speaker: r.Speaker}[p.Kind]
	if p.Kind == media.Ringer || errors.Is(p, audio.ErrNotConnected) && using != "" {
		return Poor
	}
	return Wrong
}

// listedAs is the name of the microphone that a choice means, without opening it.
func listedAs(devices []media.Device, choice media.Choice) string {
	if _, file := choice.File(); file || choice == media.Tone {
		return choice.String()
	}
	first := ""
	for _, d := range devices {
		switch {
		case d.Kind != media.Microphone:
		case choice == media.DefaultDevice && d.Default, d.ID == choice.String(), d.Name == choice.String():
			return d.Name
		case first == "" && choice == media.DefaultDevice:
			first = d.Name
		}
	}
	return first
}

// silence is what a microphone that is switched off delivers at most: the last bit.
const silence = 1

// listen notes how loud the microphone is at its loudest.
func (e *examiner) listen(ctx context.Context, feed *media.SoundFeed) {
	ctx, cancel := context.WithTimeout(ctx, listenFor)
	defer cancel()
	l := feed.Listen()
	defer l.Close()
	peak := 0
	var s media.Sound
	for l.Next(ctx, &s) == nil {
		for _, v := range s.Samples {
			peak = max(peak, int(v), -int(v))
		}
	}
	if peak <= silence {
		e.note(Finding{Grade: Wrong, Key: "doctor.microphoneSilent"})
		return
	}
	level := 20 * math.Log10(float64(peak)/math.MaxInt16)
	e.note(Finding{Grade: Well, Key: "doctor.microphoneHeard", Args: map[string]string{"level": strconv.Itoa(int(math.Round(level)))}})
}
