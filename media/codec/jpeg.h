// Decodes the pictures of motion JPEG cameras to 4:2:0 in studio range.
#ifndef PARLEY_JPEG_H
#define PARLEY_JPEG_H

#include <stddef.h>
#include <stdint.h>

enum {
	PARLEY_JPEG_GOOD,
	PARLEY_JPEG_DAMAGED, // decoded, but part of it is made up
	PARLEY_JPEG_BROKEN,  // not decoded
	PARLEY_JPEG_LAYOUT,  // not of the kind that cameras make
	PARLEY_JPEG_SIZE,    // of another size than was told
};

typedef struct parley_jpeg parley_jpeg;

// parley_jpeg_open returns NULL when there is no memory.
parley_jpeg *parley_jpeg_open(void);
void parley_jpeg_close(parley_jpeg *);

// parley_jpeg_decode decodes at a 1st, 2nd or 4th of the size, which must give
// width and height. Nothing is kept of a picture that is not good.
int parley_jpeg_decode(parley_jpeg *, const uint8_t *data, size_t length, int divisor, uint8_t *y, int y_stride, uint8_t *u,
                       uint8_t *v, int c_stride, int width, int height);

#endif
