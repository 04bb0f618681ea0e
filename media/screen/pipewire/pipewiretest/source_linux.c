#include "source.h"

#include <pipewire/pipewire.h>
#include <spa/param/video/format-utils.h>
#include <stdlib.h>

struct parley_source {
	struct pw_thread_loop *loop;
	struct pw_stream *stream;
	int width, height, streaming, wanted;
	uint32_t colour;
};

static void on_process(void *data) {
	parley_source *s = data;
	struct pw_buffer *b;
	if (!s->wanted || !(b = pw_stream_dequeue_buffer(s->stream))) return;
	struct spa_data *d = &b->buffer->datas[0];
	if (d->data && d->maxsize >= (uint32_t)(4 * s->width * s->height)) {
		for (int i = 0; i < s->width * s->height; i++) ((uint32_t *)d->data)[i] = s->colour;
		d->chunk->offset = 0, d->chunk->stride = 4 * s->width, d->chunk->size = 4 * s->width * s->height;
		s->wanted = 0;
	}
	pw_stream_queue_buffer(s->stream, b);
}

static void on_state(void *data, enum pw_stream_state old, enum pw_stream_state state, const char *error) {
	(void)old, (void)error;
	((parley_source *)data)->streaming = state == PW_STREAM_STATE_STREAMING;
}

static void on_param(void *data, uint32_t id, const struct spa_pod *param) {
	parley_source *s = data;
	if (id != SPA_PARAM_Format || !param) return;
	uint8_t space[512];
	struct spa_pod_builder b = SPA_POD_BUILDER_INIT(space, sizeof space);
	const struct spa_pod *p = spa_pod_builder_add_object(&b, SPA_TYPE_OBJECT_ParamBuffers, SPA_PARAM_Buffers,
		SPA_PARAM_BUFFERS_buffers, SPA_POD_CHOICE_RANGE_Int(4, 2, 8), SPA_PARAM_BUFFERS_blocks, SPA_POD_Int(1),
		SPA_PARAM_BUFFERS_size, SPA_POD_Int(4 * s->width * s->height), SPA_PARAM_BUFFERS_stride, SPA_POD_Int(4 * s->width),
		SPA_PARAM_BUFFERS_dataType, SPA_POD_CHOICE_FLAGS_Int(1 << SPA_DATA_MemFd));
	pw_stream_update_params(s->stream, &p, 1);
}

static const struct pw_stream_events events = {
	PW_VERSION_STREAM_EVENTS, .process = on_process, .state_changed = on_state, .param_changed = on_param,
};

parley_source *parley_source_open(const char *name, int width, int height, int red_first) {
	pw_init(NULL, NULL);
	parley_source *s = calloc(1, sizeof *s);
	s->width = width, s->height = height;
	s->loop = pw_thread_loop_new("source", NULL);
	pw_thread_loop_lock(s->loop);
	pw_thread_loop_start(s->loop);
	s->stream = pw_stream_new_simple(pw_thread_loop_get_loop(s->loop), name,
		pw_properties_new(PW_KEY_MEDIA_CLASS, "Video/Source", PW_KEY_NODE_NAME, name, NULL), &events, s);
	uint8_t space[1024];
	struct spa_pod_builder b = SPA_POD_BUILDER_INIT(space, sizeof space);
	const struct spa_pod *format = spa_pod_builder_add_object(&b, SPA_TYPE_OBJECT_Format, SPA_PARAM_EnumFormat,
		SPA_FORMAT_mediaType, SPA_POD_Id(SPA_MEDIA_TYPE_video), SPA_FORMAT_mediaSubtype, SPA_POD_Id(SPA_MEDIA_SUBTYPE_raw),
		SPA_FORMAT_VIDEO_format, SPA_POD_Id(red_first ? SPA_VIDEO_FORMAT_RGBx : SPA_VIDEO_FORMAT_BGRx),
		SPA_FORMAT_VIDEO_size, SPA_POD_Rectangle(&SPA_RECTANGLE(width, height)),
		SPA_FORMAT_VIDEO_framerate, SPA_POD_Fraction(&SPA_FRACTION(0, 1)),
		SPA_FORMAT_VIDEO_maxFramerate, SPA_POD_CHOICE_RANGE_Fraction(&SPA_FRACTION(60, 1), &SPA_FRACTION(1, 1), &SPA_FRACTION(60, 1)));
	int failed = !s->stream || pw_stream_connect(s->stream, PW_DIRECTION_OUTPUT, PW_ID_ANY,
		PW_STREAM_FLAG_DRIVER | PW_STREAM_FLAG_MAP_BUFFERS, &format, 1) < 0;
	pw_thread_loop_unlock(s->loop);
	if (!failed) return s;
	parley_source_close(s);
	return NULL;
}

uint32_t parley_source_node(parley_source *s) {
	pw_thread_loop_lock(s->loop);
	uint32_t id = pw_stream_get_node_id(s->stream);
	pw_thread_loop_unlock(s->loop);
	return id;
}

int parley_source_streaming(parley_source *s) {
	pw_thread_loop_lock(s->loop);
	int streaming = s->streaming;
	pw_thread_loop_unlock(s->loop);
	return streaming;
}

int parley_source_paint(parley_source *s, uint32_t colour) {
	pw_thread_loop_lock(s->loop);
	s->colour = colour, s->wanted = 1;
	int result = pw_stream_trigger_process(s->stream);
	pw_thread_loop_unlock(s->loop);
	return result;
}

void parley_source_close(parley_source *s) {
	pw_thread_loop_stop(s->loop);
	if (s->stream) pw_stream_destroy(s->stream);
	pw_thread_loop_destroy(s->loop);
	free(s);
}
