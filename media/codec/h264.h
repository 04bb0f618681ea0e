// A narrow face of OpenH264: one call per frame, nothing kept of the caller's memory.
#ifndef PARLEY_H264_H
#define PARLEY_H264_H

#include <stddef.h>
#include <stdint.h>

// Every result carries OpenH264's error code, 0 for success.
typedef struct parley_h264_encoder parley_h264_encoder;
typedef struct parley_h264_decoder parley_h264_decoder;

typedef struct {
	int width, height; // even, 16 or more
	int bitrate;       // bit/s
	float rate;        // frames/s
	int threads;
	int complexity;   // 0 to 2
	int detail;       // pictures of a screen
	int largest_unit; // bytes of a NAL unit, 0 for any
} parley_h264_settings;

typedef struct {
	parley_h264_encoder *encoder;
	int error;
} parley_h264_opened_encoder;

typedef struct {
	parley_h264_decoder *decoder;
	int error;
} parley_h264_opened_decoder;

typedef struct {
	const uint8_t *data; // the encoder's, until its next call
	size_t size;         // 0 for a dropped frame
	int key;
	int error;
} parley_h264_packet;

typedef struct {
	int width, height; // 0 if there is nothing to see
	int error;
	int quantizer; // QP of luma, mean of the macroblocks, 0 to 51
} parley_h264_shown;

parley_h264_opened_encoder parley_h264_open_encoder(const parley_h264_settings *s);
int parley_h264_set_bitrate(parley_h264_encoder *e, int bitrate);
int parley_h264_set_quantizer(parley_h264_encoder *e, int quantizer); // of the next pictures, in detail
int parley_h264_set_rate(parley_h264_encoder *e, float rate);
int parley_h264_set_complexity(parley_h264_encoder *e, int complexity);
parley_h264_packet parley_h264_encode(parley_h264_encoder *e, const uint8_t *y, const uint8_t *u, const uint8_t *v,
                                      int y_stride, int c_stride, int64_t milliseconds, int key);
void parley_h264_close_encoder(parley_h264_encoder *e);

parley_h264_opened_decoder parley_h264_open_decoder(void);
parley_h264_shown parley_h264_decode(parley_h264_decoder *d, const uint8_t *data, int size);

// parley_h264_copy writes the left upper part of what the last parley_h264_decode showed into tight planes of a
// size that is not larger.
void parley_h264_copy(const parley_h264_decoder *d, uint8_t *y, uint8_t *u, uint8_t *v, int width, int height);
void parley_h264_close_decoder(parley_h264_decoder *d);

#endif
