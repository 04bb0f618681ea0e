#ifndef PARLEY_MEMORY_H
#define PARLEY_MEMORY_H

// parley_give_back returns freed memory to the system.
void parley_give_back(void);

#endif
