#include "memory.h"

#include <stdlib.h> // tells whose library it is

#ifdef __GLIBC__
#include <malloc.h>

// glibc gives threads arenas of their own and keeps what is freed in them. Go
// opens each codec on another thread, so that every call left its frame buffers
// in one more arena: 200 MB after some calls, where one arena, given back when a
// codec closes, stays at 50. This must happen before there are threads.
__attribute__((constructor)) static void use_one_arena(void) { mallopt(M_ARENA_MAX, 1); }

void parley_give_back(void) { malloc_trim(0); }

#else

void parley_give_back(void) {}

#endif
