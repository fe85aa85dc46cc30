/* SPDX-License-Identifier: Apache-2.0
 *
 * Serial numbers and UIDs open cameras to who knows them: what is shown has their first four
 * characters. In reports a hash under a key follows, which tells two of them apart, and addresses
 * of people are replaced.
 */
#ifndef HOST_MASK_H
#define HOST_MASK_H

#include <stdbool.h>

#include "keyed_hash.h"
#include "text.h"

struct cw_mask;

/** @param reveals  nothing is made short. Given, free with cw_mask_free. */
struct cw_mask *cw_mask_new(bool reveals, bool is_utf8);
void cw_mask_free(struct cw_mask *mask);

/** Remember an id, copied. Those of less than 6 characters are too common to look for. */
void cw_mask_add(struct cw_mask *mask, const char *id);

/** From now on every id is followed by its hash. @param key borrowed as long as the mask */
void cw_mask_set_key(struct cw_mask *mask, const struct cw_hash_key *key);

/** Write shown wherever an address or MAC stands by itself; the first call for a text counts. Both are
 *  copied. */
void cw_mask_replace(struct cw_mask *mask, const char *address, const char *shown);

/** Make a text harmless (cw_buffer_show) and every serial and UID in it short. Borrowed until the eighth
 *  next call. */
const char *cw_mask_show(struct cw_mask *mask, const char *text);

/** The same for a text that is such an id itself. */
const char *cw_mask_id(struct cw_mask *mask, const char *id);

#endif
