// What PulseAudio's library is told beyond what miniaudio tells it.
#ifndef PARLEY_BEAT_H
#define PARLEY_BEAT_H

// parley_steady_beat lets the speakers that are opened with context, an ma_context
// on PulseAudio, ask for half a period at a time, and keeps time and what microphones
// hear where we are late. It returns 0 if miniaudio is not as expected: then speakers
// ask for a quarter, and what is late is lost.
int parley_steady_beat(void *context);

typedef struct {
	void *stream; // NULL if there is none
	void *ask;    // a parley_ask
} parley_speaker;

// parley_connected returns the stream to a speaker that this thread has connected
// last, once, and what it can be asked for its latency.
parley_speaker parley_connected(void);

#endif
