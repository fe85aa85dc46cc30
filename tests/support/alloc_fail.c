/* SPDX-License-Identifier: Apache-2.0 */
#include "alloc_fail.h"

#include <stdbool.h>
#include <stdint.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_aligned_alloc(size_t align, size_t size);
char *__real_strdup(const char *text);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_aligned_alloc(size_t align, size_t size);
char *__wrap_strdup(const char *text);

static size_t count;
static size_t fail_at = SIZE_MAX;

void
alloc_fail_at(size_t number)
{
    count = 0;
    fail_at = number;
}

size_t
alloc_fail_count(void)
{
    return count;
}

static bool
is_due(void)
{
    return count++ == fail_at;
}

void *
__wrap_malloc(size_t size)
{
    return is_due() ? NULL : __real_malloc(size);
}

void *
__wrap_calloc(size_t n, size_t size)
{
    return is_due() ? NULL : __real_calloc(n, size);
}

void *
__wrap_realloc(void *old, size_t size)
{
    return is_due() ? NULL : __real_realloc(old, size);
}

void *
__wrap_aligned_alloc(size_t align, size_t size)
{
    return is_due() ? NULL : __real_aligned_alloc(align, size);
}

char *
__wrap_strdup(const char *text)
{
    return is_due() ? NULL : __real_strdup(text);
}
