/* SPDX-License-Identifier: Apache-2.0
 *
 * Serial numbers and UIDs open cameras to who knows them: what is shown has their first four
 * characters.
 */
#ifndef HOST_MASK_H
#define HOST_MASK_H

#include "roster.h"
#include "term.h"
#include "text.h"

struct cw_mask;

/** Collects the serials and UIDs of all devices. Given, free with cw_mask_free. */
struct cw_mask *cw_mask_new(const struct cw_roster *roster, bool reveals, bool is_utf8);
void cw_mask_free(struct cw_mask *mask);

/** Make a text harmless (cw_buffer_show) and every serial and UID in it short. Borrowed until
 *  the eighth next call. */
const char *cw_mask_show(struct cw_mask *mask, const char *text);

/** The same for a text that is such an id itself. */
const char *cw_mask_id(struct cw_mask *mask, const char *id);

#endif
