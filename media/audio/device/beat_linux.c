#define _GNU_SOURCE
#include "beat_linux.h"

#include <dlfcn.h>
#include <malloc.h>
#include <stddef.h>
#include <stdint.h>

// pa_buffer_attr, which belongs to the library's ABI, in bytes.
typedef struct {
	uint32_t maxlength, tlength, prebuf, minreq, fragsize;
} buffer;

typedef int (*player)(void *stream, const char *device, const buffer *attr, int flags, const void *volume, void *sync);
typedef int (*recorder)(void *stream, const char *device, const buffer *attr, int flags);

// as_much_as_there_is is a maxlength.
static const uint32_t as_much_as_there_is = UINT32_MAX;

// library returns a function of the library's, or NULL where that is not loaded:
// miniaudio loads it when it connects.
static void *library(const char *name)
{
	void *loaded = dlopen("libpulse.so.0", RTLD_LAZY | RTLD_NOLOAD);
	if (loaded == NULL)
		return NULL;
	void *found = dlsym(loaded, name);
	dlclose(loaded); // miniaudio holds it
	return found;
}

static const char connect_playback[] = "pa_stream_connect_playback", connect_record[] = "pa_stream_connect_record",
		  get_latency[] = "pa_stream_get_latency";

// connected is the stream to a speaker that this thread has connected last.
static _Thread_local void *connected;

// play stands in for the library's. Of a stream of tlength the server
// lets its device hold (tlength - 2 * minreq) / 2 at a time, keeps twice minreq in
// between, and asks whenever the device has taken some. Where minreq is left to it,
// it is a quarter: a device of 2.5 ms that asks 400 times a second, for 10 ms in
// all. With hardly any minreq that becomes 5 ms and 200 times for the same 10.
//
// Without prebuf time goes on where we are late: what the speaker has missed is left
// out, and all that we count stays where it is. With it the server waits until
// it has 10 ms again, for a time that nobody is told.
static int play(void *stream, const char *device, const buffer *attr, int flags, const void *volume, void *sync)
{
	player real = (player)library(connect_playback);
	if (real == NULL)
		return -1;
	buffer steady;
	if (attr != NULL) {
		steady = *attr;
		steady.maxlength = as_much_as_there_is;
		steady.minreq = attr->tlength / 20;
		steady.tlength = attr->tlength + 2 * steady.minreq;
		steady.prebuf = 0;
		attr = &steady;
	}
	connected = stream;
	// The server is asked by itself how late it is, often at first and then every 1.5 s.
	enum { interpolate_timing = 0x0002, auto_timing_update = 0x0008 };
	return real(stream, device, attr, flags | interpolate_timing | auto_timing_update, volume, sync);
}

// capture stands in for the library's. miniaudio has the server throw away what it has
// not taken within three periods, which is no longer than a busy machine is late.
static int capture(void *stream, const char *device, const buffer *attr, int flags)
{
	recorder real = (recorder)library(connect_record);
	if (real == NULL)
		return -1;
	buffer patient;
	if (attr != NULL) {
		patient = *attr;
		patient.maxlength = as_much_as_there_is;
		attr = &patient;
	}
	return real(stream, device, attr, flags);
}

parley_speaker parley_connected(void)
{
	parley_speaker s = {connected, library(get_latency)};
	connected = NULL;
	if (s.ask == NULL)
		s.stream = NULL;
	return s;
}

// place returns where among so many slots one holds a function, or NULL unless
// that is in one place alone.
static void **place(void **slots, size_t count, const void *function)
{
	void **found = NULL;
	for (size_t i = 0; i < count; i++) {
		if (slots[i] != function)
			continue;
		if (found != NULL)
			return NULL;
		found = slots + i;
	}
	return found;
}

// The context holds the library's functions as pointers. Where among them these are
// depends on how miniaudio was built, so they are found by their values.
int parley_steady_beat(void *context)
{
	void *plays = library(connect_playback), *records = library(connect_record);
	if (context == NULL || plays == NULL || records == NULL)
		return 0;
	size_t count = malloc_usable_size(context) / sizeof(void *);
	void **playing = place(context, count, plays), **recording = place(context, count, records);
	if (playing == NULL || recording == NULL)
		return 0;
	*playing = (void *)play;
	*recording = (void *)capture;
	return 1;
}
