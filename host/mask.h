/* SPDX-License-Identifier: Apache-2.0
 *
 * Serial numbers and UIDs open cameras to who knows them: what is shown has their first four
 * characters.
 */
#ifndef HOST_MASK_H
#define HOST_MASK_H

#include <stdbool.h>

#include "text.h"

struct cw_mask;

/** @param reveals  nothing is made short. Given, free with cw_mask_free. */
struct cw_mask *cw_mask_new(bool reveals, bool is_utf8);
void cw_mask_free(struct cw_mask *mask);

/** Remember an id, borrowed until free. Those of less than 6 characters are too common to look for. */
void cw_mask_add(struct cw_mask *mask, const char *id);

/** Make a text harmless (cw_buffer_show) and every id in it short, whatever its case. Borrowed until
 *  the eighth next call. */
const char *cw_mask_show(struct cw_mask *mask, const char *text);

/** The same for a text that is an id as a whole. */
const char *cw_mask_id(struct cw_mask *mask, const char *id);

#endif
