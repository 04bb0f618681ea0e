// What a device's callback and its reader or writer share. The Go side is the
// struct shared in shared.go, field by field.
#ifndef PARLEY_CALLBACK_H
#define PARLEY_CALLBACK_H

#include <stdint.h>

enum { PARLEY_RING = 1 << 15 }; // samples; a power of two

typedef struct {
	int16_t samples[PARLEY_RING];
	uint64_t written; // samples ever written, changed by the writer only
	uint64_t read;    // samples ever read, changed by the reader only
	uint64_t beats;   // callbacks that have begun
	uint64_t ends;    // callbacks that have ended
	uint64_t missed;  // of capture: frames that found no room; of playback: callbacks that found too little
	uint64_t taken;   // frames that the speaker has asked for
	int64_t at;       // when the device called last, in nanoseconds since the beginning
	int64_t size;     // frames that the speaker asked for last, within a millisecond
	int64_t lowest;   // fewest frames left over when the speaker had taken what it wants
	int64_t latency;  // of playback: nanoseconds from a callback to the air; 0 while nobody knows
	int64_t begun;    // the beginning, by parley_clock
	uint64_t wake;    // a handle for parleyWake
	uint64_t stream;  // of playback: what ask is asked of
	uint64_t ask;     // a parley_ask, or 0 where nobody can be asked
	uint32_t channels;
	uint32_t rouse;   // of playback: wake at every callback
	uint32_t step;    // of capture: frames that are worth waking for
	uint32_t period;  // frames that are asked for at a time
	uint32_t magic;
} parley_shared;

enum { PARLEY_MAGIC = 0x70617273 };

// parley_ask is like pa_stream_get_latency: it sets microseconds and their sign, and
// returns 0 if they are known.
typedef int (*parley_ask)(void *stream, uint64_t *usec, int *negative);

// parley_clock returns nanoseconds of a clock that is never set.
int64_t parley_clock(void);

// parley_captured takes samples from a microphone and returns whether the reader
// is to be woken; parley_play fills samples for a speaker, the same for the
// writer. now is in nanoseconds since the beginning.
int parley_captured(parley_shared *s, const int16_t *in, uint32_t samples, int64_t now);
int parley_play(parley_shared *s, int16_t *out, uint32_t samples, int64_t now);

// parley_notified is a notification callback of miniaudio. It puts callbacks in
// C in the place of malgo's, which enters Go and takes a lock.
void parley_notified(const void *notification);

#endif
