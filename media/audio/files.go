package audio

import (
	"fmt"

	"parley/media"
)

// files keeps what stands in place of devices: the tone, and WAV files. The
// keeper opens and closes them; the worker uses them.
type files struct {
	voice     source
	voiceOf   media.Choice // what voice was made for
	voiceErr  error
	record    sink
	recordOf  media.Choice
	recordErr error
	recording bool // in use, not merely kept
}

// update returns the source and the sink that w asks for, nil where it asks for
// a device or nothing. A voice begins anew each time that sound is captured; a
// record goes on until another speaker is chosen.
func (f *files) update(w wanted) (source, sink) {
	if !w.capture || w.microphone != f.voiceOf {
		f.closeVoice()
	}
	if w.capture && w.microphone != f.voiceOf {
		f.voice, f.voiceErr = openVoice(w.microphone)
		f.voiceOf = w.microphone
	}
	if w.speaker != f.recordOf {
		f.closeRecord()
	}
	if !w.play {
		if f.record != nil && f.recording {
			f.record.flush()
		}
		f.recording = false
		return f.voice, nil
	}
	if w.speaker != f.recordOf {
		f.record, f.recordErr = openRecord(w.speaker)
		f.recordOf = w.speaker
	}
	f.recording = true
	return f.voice, f.record
}

// problems returns what could not be opened or written.
func (f *files) problems() (problems []Problem) {
	if f.voiceErr != nil {
		problems = append(problems, Problem{media.Microphone, f.voiceOf.String(), f.voiceErr})
	}
	if f.record != nil && f.recordErr == nil {
		f.recordErr = f.record.fault()
	}
	if f.recordErr != nil {
		problems = append(problems, Problem{media.Speaker, f.recordOf.String(), f.recordErr})
	}
	return problems
}

// close closes everything.
func (f *files) close() {
	f.closeVoice()
	f.closeRecord()
}

func (f *files) closeVoice() {
	if f.voice != nil {
		f.voice.close()
	}
	f.voice, f.voiceOf, f.voiceErr = nil, media.DefaultDevice, nil
}

func (f *files) closeRecord() {
	if f.record != nil {
		f.record.close()
	}
	f.record, f.recordOf, f.recordErr = nil, media.DefaultDevice, nil
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
