// The memory in which libvpx keeps the pictures of VP9, with a bound.
#ifndef PARLEY_SHELF_H
#define PARLEY_SHELF_H

#include <stddef.h>
#include <vpx/vpx_frame_buffer.h>

typedef struct parley_shelf parley_shelf;

// parley_open_shelf makes a shelf for pictures of no more than this many pixels; NULL
// if there is no memory.
parley_shelf *parley_open_shelf(size_t most_pixels);

// The callbacks of vpx_codec_set_frame_buffer_functions, with the shelf as their own.
int parley_take_buffer(void *shelf, size_t size, vpx_codec_frame_buffer_t *buffer);
int parley_return_buffer(void *shelf, vpx_codec_frame_buffer_t *buffer);

// parley_shelved returns how many bytes are on the shelf.
size_t parley_shelved(const parley_shelf *shelf);

// parley_close_shelf frees all buffers, also those in use.
void parley_close_shelf(parley_shelf *shelf);

#endif
