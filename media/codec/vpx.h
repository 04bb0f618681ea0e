// A narrow face of libvpx: one call per frame, nothing kept of the caller's memory.
#ifndef PARLEY_VPX_H
#define PARLEY_VPX_H

#include <stddef.h>
#include <stdint.h>

enum { PARLEY_VP8 = 8, PARLEY_VP9 = 9 };

// Every result carries libvpx's error code, 0 for success.
typedef struct parley_coder parley_coder;

typedef struct {
	parley_coder *coder;
	int error;
} parley_opened;

typedef struct {
	const uint8_t *data; // the encoder's, until its next call
	size_t size;         // 0 for a dropped frame
	int error;
	int quantizer; // index of the frame: 0 to 127 of VP8, 0 to 255 of VP9
} parley_packet;

typedef struct {
	int key;           // a decoder can begin with it
	int width, height; // 0 if the frame does not tell
	int error;
} parley_peeked;

typedef struct {
	int width, height; // 0 if there is nothing to see
	int format_ok;     // 8 bit 4:2:0
	int corrupt;       // made from references that are missing
	int matrix;        // how colours became samples, numbers of Recommendation ITU-T H.273
	int full_range;    // of the samples
	int quantizer;     // index of the frame: 0 to 127 of VP8, 0 to 255 of VP9
	int error;
} parley_shown;

parley_opened parley_open_encoder(int codec, int width, int height, int kbps, int threads, int speed);
int parley_set_rate(parley_coder *c, int kbps);
int parley_set_speed(parley_coder *c, int speed);

// parley_set_detail says whether the pictures are of a screen: text and drawings.
int parley_set_detail(parley_coder *c, int detail);

// parley_encode compresses one picture. pts and duration count 1/90000 s.
parley_packet parley_encode(parley_coder *c, const uint8_t *y, const uint8_t *u, const uint8_t *v, int y_stride,
                            int c_stride, int64_t pts, unsigned long duration, int key);

// parley_open_decoder opens a decoder that has no memory for larger pictures.
parley_opened parley_open_decoder(int codec, int threads, size_t most_pixels);

// parley_peek reads the size that the first frame of a packet begins with, if it is a
// key frame or one of VP9 without references ("intra only"); others have none.
parley_peeked parley_peek(int codec, const uint8_t *data, unsigned size);
parley_shown parley_decode(parley_coder *c, const uint8_t *data, unsigned size);

// parley_copy writes what the last parley_decode showed into tight planes of its size.
void parley_copy(const parley_coder *c, uint8_t *y, uint8_t *u, uint8_t *v);

// parley_held returns how many bytes of pictures a decoder of VP9 has, 0 for VP8.
size_t parley_held(const parley_coder *c);

void parley_close(parley_coder *c);
const char *parley_error(int code);

#endif
