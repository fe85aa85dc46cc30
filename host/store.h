/* SPDX-License-Identifier: Apache-2.0
 *
 * Copies of texts that live as long as the store, and rows found by a text.
 */
#ifndef HOST_STORE_H
#define HOST_STORE_H

#include <stddef.h>

struct cw_store;

/** Aborts for lack of memory, as all calls here. Given, free with cw_store_free. */
struct cw_store *cw_store_new(void);
void cw_store_free(struct cw_store *store);

/** A copy; the same pointer for the same text. */
const char *cw_store_text(struct cw_store *store, const char *text);

/** The value set for a text, or (size_t)-1. */
size_t cw_store_find(const struct cw_store *store, const char *text);
void cw_store_set(struct cw_store *store, const char *text, size_t value);

#endif
