// Receives pictures of a screen from PipeWire.
#ifndef PARLEY_CAST_H
#define PARLEY_CAST_H

#include <stddef.h>
#include <stdint.h>

typedef struct parley_cast parley_cast;

// parley_picture is a picture that was received: four bytes a pixel.
typedef struct {
	const uint8_t *pixels;
	int width, height, stride; // pixels; bytes from row to row
	int red_first;
} parley_picture;

// parley_cast_load finds PipeWire's library. It returns nonzero if there is none.
int parley_cast_load(void);

// parley_cast_open begins to receive from a node, over a connection that it takes
// over, or over one of its own if fd is negative. On failure it returns NULL and
// writes why.
parley_cast *parley_cast_open(int fd, uint32_t node, const char *name, char *error, size_t size);

// parley_cast_take returns 1 with the newest picture, if there is one that was
// not taken before: it stays as it is until parley_cast_release. It returns 0 if
// there is none, and -1 if there will be none any more, and then writes why.
int parley_cast_take(parley_cast *cast, parley_picture *out, char *error, size_t size);
void parley_cast_release(parley_cast *cast);

void parley_cast_close(parley_cast *cast);

#endif
