#include "cast.h"

#include <dlfcn.h>
#include <errno.h>
#include <pipewire/pipewire.h>
#include <pthread.h>
#include <spa/param/buffers.h>
#include <spa/param/param.h>
#include <spa/param/video/format-utils.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// The library is looked for when it is needed, so that the program runs where
// there is none. Its interface has been the same since version 0.3.
#define FUNCTIONS(F)                                                                                                  \
	F(pw_init)                                                                                                        \
	F(pw_thread_loop_new)                                                                                             \
	F(pw_thread_loop_destroy)                                                                                         \
	F(pw_thread_loop_start)                                                                                           \
	F(pw_thread_loop_stop)                                                                                            \
	F(pw_thread_loop_lock)                                                                                            \
	F(pw_thread_loop_unlock)                                                                                          \
	F(pw_thread_loop_get_loop)                                                                                        \
	F(pw_context_new)                                                                                                 \
	F(pw_context_destroy)                                                                                             \
	F(pw_context_connect)                                                                                             \
	F(pw_context_connect_fd)                                                                                          \
	F(pw_core_disconnect)                                                                                             \
	F(pw_properties_new)                                                                                              \
	F(pw_stream_new)                                                                                                  \
	F(pw_stream_destroy)                                                                                              \
	F(pw_stream_add_listener)                                                                                         \
	F(pw_stream_connect)                                                                                              \
	F(pw_stream_update_params)                                                                                        \
	F(pw_stream_dequeue_buffer)                                                                                       \
	F(pw_stream_queue_buffer)

#define DECLARE(name) static __typeof__(&name) p_##name;
FUNCTIONS(DECLARE)

static int loaded = -1;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
	void *lib = dlopen("libpipewire-0.3.so.0", RTLD_NOW | RTLD_LOCAL);
	if (!lib) return;
#define FIND(name)                                                                                                    \
	if (!(p_##name = (__typeof__(&name))dlsym(lib, #name))) return;
	FUNCTIONS(FIND)
	p_pw_init(NULL, NULL);
	loaded = 0;
}

int parley_cast_load(void) {
	pthread_once(&once, load);
	return loaded;
}

// All but the pointers to the library's own is guarded by the loop's lock, which
// callbacks hold.
struct parley_cast {
	struct pw_thread_loop *loop;
	struct pw_context *context;
	struct pw_core *core;
	struct pw_stream *stream;
	struct spa_hook listener;

	struct spa_video_info_raw format;
	struct pw_buffer *newest; // dequeued and not queued again; NULL for none
	int fresh;                // it was not taken
	int streaming, failed;
	char error[128];
};

static void fail(parley_cast *cast, const char *why) {
	if (cast->failed) return;
	cast->failed = 1;
	snprintf(cast->error, sizeof cast->error, "%s", why ? why : "no reason is given");
}

static void on_state(void *data, enum pw_stream_state old, enum pw_stream_state state, const char *error) {
	(void)old;
	parley_cast *cast = data;
	if (state == PW_STREAM_STATE_STREAMING) cast->streaming = 1;
	if (state == PW_STREAM_STATE_ERROR) fail(cast, error);
	if (state == PW_STREAM_STATE_UNCONNECTED && cast->streaming) fail(cast, "the stream has ended");
}

// on_param takes the format that was agreed on, and asks for pixels in memory that
// can be read: what is in a graphics card's is not.
static void on_param(void *data, uint32_t id, const struct spa_pod *param) {
	parley_cast *cast = data;
	if (id != SPA_PARAM_Format || !param) return;
	if (spa_format_video_raw_parse(param, &cast->format) < 0) return;
	uint8_t space[512];
	struct spa_pod_builder b = SPA_POD_BUILDER_INIT(space, sizeof space);
	const struct spa_pod *params[2];
	params[0] = spa_pod_builder_add_object(&b, SPA_TYPE_OBJECT_ParamBuffers, SPA_PARAM_Buffers,
		SPA_PARAM_BUFFERS_dataType, SPA_POD_CHOICE_FLAGS_Int((1 << SPA_DATA_MemFd) | (1 << SPA_DATA_MemPtr)));
	params[1] = spa_pod_builder_add_object(&b, SPA_TYPE_OBJECT_ParamMeta, SPA_PARAM_Meta,
		SPA_PARAM_META_type, SPA_POD_Id(SPA_META_VideoCrop),
		SPA_PARAM_META_size, SPA_POD_Int(sizeof(struct spa_meta_region)));
	p_pw_stream_update_params(cast->stream, params, 2);
}

// empty tells of a buffer without a picture, as compositors send for the pointer alone.
static int empty(const struct pw_buffer *b) {
	const struct spa_data *d = &b->buffer->datas[0];
	return b->buffer->n_datas < 1 || !d->data || !d->chunk || d->chunk->size == 0 ||
		(d->chunk->flags & SPA_CHUNK_FLAG_CORRUPTED);
}

// on_process keeps the newest picture and gives the others back.
static void on_process(void *data) {
	parley_cast *cast = data;
	struct pw_buffer *b;
	while ((b = p_pw_stream_dequeue_buffer(cast->stream))) {
		if (empty(b)) {
			p_pw_stream_queue_buffer(cast->stream, b);
			continue;
		}
		if (cast->newest) p_pw_stream_queue_buffer(cast->stream, cast->newest);
		cast->newest = b;
		cast->fresh = 1;
	}
}

static void on_remove(void *data, struct pw_buffer *b) {
	parley_cast *cast = data;
	if (cast->newest == b) cast->newest = NULL, cast->fresh = 0;
}

static const struct pw_stream_events events = {
	PW_VERSION_STREAM_EVENTS,
	.state_changed = on_state,
	.param_changed = on_param,
	.process = on_process,
	.remove_buffer = on_remove,
};

static int connect_stream(parley_cast *cast, uint32_t node, const char *name) {
	struct pw_properties *properties = p_pw_properties_new(PW_KEY_MEDIA_TYPE, "Video", PW_KEY_MEDIA_CATEGORY, "Capture",
		PW_KEY_MEDIA_ROLE, "Screen", PW_KEY_NODE_NAME, name, NULL);
	if (!(cast->stream = p_pw_stream_new(cast->core, name, properties))) return -1;
	p_pw_stream_add_listener(cast->stream, &cast->listener, &events, cast);
	uint8_t space[1024];
	struct spa_pod_builder b = SPA_POD_BUILDER_INIT(space, sizeof space);
	const struct spa_pod *format = spa_pod_builder_add_object(&b, SPA_TYPE_OBJECT_Format, SPA_PARAM_EnumFormat,
		SPA_FORMAT_mediaType, SPA_POD_Id(SPA_MEDIA_TYPE_video),
		SPA_FORMAT_mediaSubtype, SPA_POD_Id(SPA_MEDIA_SUBTYPE_raw),
		SPA_FORMAT_VIDEO_format, SPA_POD_CHOICE_ENUM_Id(5, SPA_VIDEO_FORMAT_BGRx, SPA_VIDEO_FORMAT_BGRx,
			SPA_VIDEO_FORMAT_BGRA, SPA_VIDEO_FORMAT_RGBx, SPA_VIDEO_FORMAT_RGBA),
		SPA_FORMAT_VIDEO_size, SPA_POD_CHOICE_RANGE_Rectangle(&SPA_RECTANGLE(1920, 1080), &SPA_RECTANGLE(1, 1), &SPA_RECTANGLE(16384, 16384)),
		SPA_FORMAT_VIDEO_framerate, SPA_POD_CHOICE_RANGE_Fraction(&SPA_FRACTION(0, 1), &SPA_FRACTION(0, 1), &SPA_FRACTION(240, 1)));
	return p_pw_stream_connect(cast->stream, PW_DIRECTION_INPUT, node,
		PW_STREAM_FLAG_AUTOCONNECT | PW_STREAM_FLAG_DONT_RECONNECT | PW_STREAM_FLAG_MAP_BUFFERS, &format, 1);
}

static int begin(parley_cast *cast, int fd, uint32_t node, const char *name) {
	int taken = 0, result = -1;
	if ((cast->loop = p_pw_thread_loop_new("parley-cast", NULL)) &&
		(cast->context = p_pw_context_new(p_pw_thread_loop_get_loop(cast->loop), NULL, 0)) &&
		p_pw_thread_loop_start(cast->loop) == 0) {
		p_pw_thread_loop_lock(cast->loop);
		taken = fd >= 0;
		cast->core = taken ? p_pw_context_connect_fd(cast->context, fd, NULL, 0) : p_pw_context_connect(cast->context, NULL, 0);
		if (cast->core) result = connect_stream(cast, node, name);
		p_pw_thread_loop_unlock(cast->loop);
	}
	if (fd >= 0 && !taken) close(fd);
	return result;
}

parley_cast *parley_cast_open(int fd, uint32_t node, const char *name, char *error, size_t size) {
	parley_cast *cast = calloc(1, sizeof *cast);
	errno = 0;
	if (cast && begin(cast, fd, node, name) >= 0) return cast;
	snprintf(error, size, "%s", errno ? strerror(errno) : "it cannot be reached");
	parley_cast_close(cast);
	return NULL;
}

// describe finds the picture in the newest buffer, within what the buffer has.
static int describe(parley_cast *cast, parley_picture *out) {
	struct spa_buffer *b = cast->newest->buffer;
	struct spa_data *d = &b->datas[0];
	int64_t x = 0, y = 0, width = cast->format.size.width, height = cast->format.size.height;
	int64_t stride = d->chunk->stride > 0 ? d->chunk->stride : 4 * width;
	struct spa_meta_region *crop = spa_buffer_find_meta_data(b, SPA_META_VideoCrop, sizeof *crop);
	if (crop && spa_meta_region_is_valid(crop)) {
		x = crop->region.position.x, y = crop->region.position.y;
		width = SPA_MIN(width - x, (int64_t)crop->region.size.width);
		height = SPA_MIN(height - y, (int64_t)crop->region.size.height);
	}
	int64_t first = d->chunk->offset + y * stride + 4 * x, last = first + (height - 1) * stride + 4 * width;
	if (x < 0 || y < 0 || width < 1 || height < 1 || 4 * (x + width) > stride || last > (int64_t)d->maxsize) return 0;
	*out = (parley_picture){
		.pixels = (const uint8_t *)d->data + first, .width = width, .height = height, .stride = stride,
		.red_first = cast->format.format == SPA_VIDEO_FORMAT_RGBx || cast->format.format == SPA_VIDEO_FORMAT_RGBA,
	};
	return 1;
}

int parley_cast_take(parley_cast *cast, parley_picture *out, char *error, size_t size) {
	p_pw_thread_loop_lock(cast->loop);
	int result = 0;
	if (cast->failed) {
		snprintf(error, size, "%s", cast->error);
		result = -1;
	} else if (cast->newest && cast->fresh) {
		cast->fresh = 0;
		result = describe(cast, out);
	}
	if (result != 1) p_pw_thread_loop_unlock(cast->loop);
	return result;
}

void parley_cast_release(parley_cast *cast) { p_pw_thread_loop_unlock(cast->loop); }

void parley_cast_close(parley_cast *cast) {
	if (!cast) return;
	if (cast->loop) p_pw_thread_loop_stop(cast->loop);
	if (cast->stream) p_pw_stream_destroy(cast->stream);
	if (cast->core) p_pw_core_disconnect(cast->core);
	if (cast->context) p_pw_context_destroy(cast->context);
	if (cast->loop) p_pw_thread_loop_destroy(cast->loop);
	free(cast);
}
