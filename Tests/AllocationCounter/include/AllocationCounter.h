// Counts the allocations of the calling thread, so that a test can assert how many a line costs.
#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H
#include <stdint.h>

/// Allocations that the calling thread has made since it began.
uint64_t allocation_count(void);

#endif
