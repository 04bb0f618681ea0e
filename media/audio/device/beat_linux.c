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

typedef int (*connector)(void *stream, const char *device, const buffer *attr, int flags, const void *volume, void *sync);

// connects is the library's pa_stream_connect_playback, or NULL where the library
// is not loaded: miniaudio loads it when it connects.
static connector connects(void)
{
	void *library = dlopen("libpulse.so.0", RTLD_LAZY | RTLD_NOLOAD);
	if (library == NULL)
		return NULL;
	void *found = dlsym(library, "pa_stream_connect_playback");
	dlclose(library); // miniaudio holds it
	return (connector)found;
}

// connect_playback stands in for the library's. Of a stream of tlength the server
// lets its device hold (tlength - 2 * minreq) / 2 at a time, keeps twice minreq in
// between, and asks whenever the device has taken some. Where minreq is left to it,
// it is a quarter: a device of 2.5 ms that asks 400 times a second, for 10 ms in
// all. With hardly any minreq that becomes 5 ms and 200 times for the same 10.
static int connect_playback(void *stream, const char *device, const buffer *attr, int flags, const void *volume, void *sync)
{
	connector real = connects();
	if (real == NULL)
		return -1;
	buffer steady;
	if (attr != NULL) {
		steady = *attr;
		steady.minreq = attr->tlength / 20;
		steady.tlength = attr->tlength + 2 * steady.minreq;
		attr = &steady;
	}
	return real(stream, device, attr, flags, volume, sync);
}

// The context holds the library's functions as pointers. Where among them this one
// is depends on how miniaudio was built, so it is found by its value.
int parley_steady_beat(void *context)
{
	connector real = connects(), *place = NULL, *slots = context;
	if (context == NULL || real == NULL)
		return 0;
	for (size_t i = 0; i < malloc_usable_size(context) / sizeof *slots; i++) {
		if (slots[i] != real)
			continue;
		if (place != NULL)
			return 0;
		place = slots + i;
	}
	if (place == NULL)
		return 0;
	*place = connect_playback;
	return 1;
}
