// A narrow face of dav1d: one call per frame, nothing kept of the caller's memory.
#ifndef PARLEY_AV1_H
#define PARLEY_AV1_H

#include <stddef.h>
#include <stdint.h>

// Every result carries dav1d's error code, which is negative, or 0 for success.
typedef struct parley_av1_decoder parley_av1_decoder;

typedef struct {
	parley_av1_decoder *decoder;
	int error;
} parley_av1_opened;

typedef struct {
	int width, height; // 0 if there is nothing to see
	int format_ok;     // 8 bit 4:2:0
	int error;
	int matrix;     // how colours became samples, numbers of Recommendation ITU-T H.273
	int full_range; // of the samples
} parley_av1_shown;

parley_av1_opened parley_av1_open(int threads, unsigned most_pixels);

// parley_av1_peek reads the size from a sequence header; packets without one have none.
parley_av1_shown parley_av1_peek(const uint8_t *data, size_t size);
parley_av1_shown parley_av1_decode(parley_av1_decoder *d, const uint8_t *data, size_t size);

// parley_av1_copy writes what the last parley_av1_decode showed into tight planes of its size.
void parley_av1_copy(const parley_av1_decoder *d, uint8_t *y, uint8_t *u, uint8_t *v);
void parley_av1_close(parley_av1_decoder *d);

#endif
