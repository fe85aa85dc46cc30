/* SPDX-License-Identifier: Apache-2.0
 *
 * Lack of memory on demand: linked with --wrap=malloc and its kin, the k-th allocation from now on
 * fails, of this program's own code alone (libraries keep theirs).
 */
#ifndef SUPPORT_ALLOC_FAIL_H
#define SUPPORT_ALLOC_FAIL_H

#include <stddef.h>

/** Count from 0 again; the allocation of this number fails, and no other. SIZE_MAX: none. */
void alloc_fail_at(size_t number);

/** Allocations since then. */
size_t alloc_fail_count(void);

#endif
