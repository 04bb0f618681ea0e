#include "callback.h"
#include "_cgo_export.h"

#include <stddef.h>
#include <string.h>

#ifdef _WIN32
#include <windows.h>

int64_t parley_clock(void)
{
	LARGE_INTEGER ticks, rate;
	QueryPerformanceCounter(&ticks);
	QueryPerformanceFrequency(&rate);
	int64_t whole = ticks.QuadPart / rate.QuadPart, rest = ticks.QuadPart % rate.QuadPart;
	return whole * 1000000000 + rest * 1000000000 / rate.QuadPart;
}
#else
#include <time.h>

int64_t parley_clock(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}
#endif

// The two sides of a counter: the ring's writer publishes what it wrote, the
// reader sees all that came before.
#define LOAD(p) __atomic_load_n(&(p), __ATOMIC_ACQUIRE)
#define STORE(p, v) __atomic_store_n(&(p), (v), __ATOMIC_RELEASE)
#define ADD(p, v) __atomic_fetch_add(&(p), (v), __ATOMIC_RELEASE)

static uint32_t least(uint64_t a, uint64_t b) { return (uint32_t)(a < b ? a : b); }

int parley_captured(parley_shared *s, const int16_t *in, uint32_t samples, int64_t now)
{
	ADD(s->beats, 1);
	uint64_t written = LOAD(s->written), read = LOAD(s->read);
	if (samples > 0) {
		STORE(s->at, now);
		uint32_t n = least(samples, PARLEY_RING - (written - read));
		uint32_t from = written % PARLEY_RING, first = least(n, PARLEY_RING - from);
		memcpy(s->samples + from, in, first * sizeof *in);
		memcpy(s->samples, in + first, (n - first) * sizeof *in);
		written += n;
		STORE(s->written, written);
		if (n < samples)
			ADD(s->missed, (samples - n) / s->channels);
	}
	ADD(s->ends, 1);
	return written - read >= (uint64_t)s->step * s->channels;
}

// date remembers when the speaker asked for how much. Several callbacks within a
// millisecond are one that asks piece by piece.
static void date(parley_shared *s, int64_t frames, int64_t now)
{
	if (now - LOAD(s->at) < 1000000) {
		STORE(s->size, LOAD(s->size) + frames);
		return;
	}
	STORE(s->size, frames);
	STORE(s->at, now);
}

int parley_play(parley_shared *s, int16_t *out, uint32_t samples, int64_t now)
{
	ADD(s->beats, 1);
	if (samples > 0) {
		uint64_t written = LOAD(s->written), read = LOAD(s->read);
		date(s, samples / s->channels, now);
		uint32_t n = least(samples, written - read);
		uint32_t from = read % PARLEY_RING, first = least(n, PARLEY_RING - from);
		memcpy(out, s->samples + from, first * sizeof *out);
		memcpy(out + first, s->samples, (n - first) * sizeof *out);
		memset(out + n, 0, (samples - n) * sizeof *out);
		STORE(s->read, read + n);
		if (n < samples)
			ADD(s->missed, 1);
		int64_t left = (int64_t)(written - read - n) / s->channels;
		if (left < LOAD(s->lowest))
			STORE(s->lowest, left);
		ADD(s->taken, samples / s->channels);
	}
	ADD(s->ends, 1);
	return LOAD(s->rouse) != 0;
}

// device is how miniaudio's ma_device begins.
typedef struct {
	void *context;
	int32_t type;
	uint32_t rate;
	uint32_t state;
	void (*on_data)(void *device, void *out, const void *in, uint32_t frames);
	void (*on_notification)(const void *notification);
	void (*on_stop)(void *device);
	parley_shared *user;
} device;

static void captured(void *d, void *out, const void *in, uint32_t frames)
{
	parley_shared *s = ((device *)d)->user;
	(void)out;
	if (in != NULL && parley_captured(s, in, frames * s->channels, parley_clock() - s->begun))
		parleyWake(s->wake);
}

// measure asks, now and then, how long what is given now takes to the air. Only this
// thread may.
static void measure(parley_shared *s)
{
	enum { often = 16, longest = 4000000 }; // callbacks; microseconds that are beyond belief
	if (s->ask == 0 || LOAD(s->beats) % often != 0)
		return;
	uint64_t usec = 0;
	int negative = 0;
	if (((parley_ask)(uintptr_t)s->ask)((void *)(uintptr_t)s->stream, &usec, &negative) == 0 && !negative && usec < longest)
		STORE(s->latency, (int64_t)usec * 1000);
}

static void play(void *d, void *out, const void *in, uint32_t frames)
{
	parley_shared *s = ((device *)d)->user;
	(void)in;
	measure(s);
	if (out != NULL && parley_play(s, out, frames * s->channels, parley_clock() - s->begun))
		parleyWake(s->wake);
}

void parley_notified(const void *notification)
{
	device *d = *(device *const *)notification;
	// A miniaudio that is laid out otherwise goes on with malgo's callback.
	if (d->on_notification != parley_notified || d->user == NULL || d->user->magic != PARLEY_MAGIC)
		return;
	__atomic_store_n(&d->on_data, d->user->step > 0 ? captured : play, __ATOMIC_RELEASE);
}
