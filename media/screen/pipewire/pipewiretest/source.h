#ifndef PARLEY_SOURCE_H
#define PARLEY_SOURCE_H

#include <stdint.h>

typedef struct parley_source parley_source;

parley_source *parley_source_open(const char *name, int width, int height, int red_first);
uint32_t parley_source_node(parley_source *source);
int parley_source_streaming(parley_source *source);
int parley_source_paint(parley_source *source, uint32_t colour);
void parley_source_close(parley_source *source);

#endif
