package audio

import (
	"fmt"

	"parley/media"
)

// files keeps what stands in place of devices: the tone, and WAV files. The
// keeper opens and closes them; the worker uses them.
type files struct {
	voice        source
	voiceOf      media.Choice // what voice was made for
	voiceErr     error
	record, ring recording
}

// made is what stands in place of devices at present; nil where it is a device
// or nothing.
type made struct {
	voice        source
	record, ring sink
}

// update returns what w asks for. A voice begins anew each time that sound is
// captured; a recording goes on until another speaker is chosen.
func (f *files) update(w wanted) made {
	if !w.capture || w.microphone != f.voiceOf {
		f.closeVoice()
	}
	if w.capture && w.microphone != f.voiceOf {
		f.voice, f.voiceErr = openVoice(w.microphone)
		f.voiceOf = w.microphone
	}
	play := w.play || w.ring && w.ringer == media.DefaultDevice
	return made{f.voice, f.record.update(w.speaker, play), f.ring.update(w.ringer, w.ring)}
}

// problems returns what could not be opened or written.
func (f *files) problems() (problems []Problem) {
	if f.voiceErr != nil {
		problems = append(problems, Problem{media.Microphone, f.voiceOf.String(), f.voiceErr})
	}
	if err := f.record.fault(); err != nil {
		problems = append(problems, Problem{media.Speaker, f.record.of.String(), err})
	}
	if err := f.ring.fault(); err != nil {
		problems = append(problems, Problem{media.Ringer, f.ring.of.String(), err})
	}
	return problems
}

// close closes everything.
func (f *files) close() {
	f.closeVoice()
	f.record.close()
	f.ring.close()
}

func (f *files) closeVoice() {
	if f.voice != nil {
		f.voice.close()
	}
	f.voice, f.voiceOf, f.voiceErr = nil, media.DefaultDevice, nil
}

// recording is a file that is played to instead of a device.
type recording struct {
	sink sink
	of   media.Choice // what it was made for
	err  error
	used bool // in use, not merely kept
}

// update returns the file of a choice while it is in use.
func (r *recording) update(c media.Choice, inUse bool) sink {
	if c != r.of {
		r.close()
	}
	if !inUse {
		if r.sink != nil && r.used {
			r.sink.flush()
		}
		r.used = false
		return nil
	}
	if c != r.of {
		r.sink, r.err = openRecord(c)
		r.of = c
	}
	r.used = true
	return r.sink
}

func (r *recording) fault() error {
	if r.sink != nil && r.err == nil {
		r.err = r.sink.fault()
	}
	return r.err
}

func (r *recording) close() {
	if r.sink != nil {
		r.sink.close()
	}
	*r = recording{}
}

// openVoice returns what speaks instead of a microphone.
func openVoice(c media.Choice) (source, error) {
	if c == media.Tone {
		return &toneSource{}, nil
	}
	path, ok := c.File()
	if !ok {
		return nil, nil
	}
	s, err := openLoop(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoMicrophone, err)
	}
	return s, nil
}

// openRecord returns what is played to instead of a speaker.
func openRecord(c media.Choice) (sink, error) {
	path, ok := c.File()
	if !ok {
		return nil, nil
	}
	s, err := createTape(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoSpeaker, err)
	}
	return s, nil
}
