/* SPDX-License-Identifier: Apache-2.0
 *
 * Names that evidence points to (brands, makers, vendors, platforms) as small numbers. A table only
 * grows; it survives a reload of the rules, so a number in a flow stays good. Not thread-safe.
 */
#ifndef CW_BASE_LABELS_H
#define CW_BASE_LABELS_H

#include <stdint.h>

typedef uint16_t cw_label; /* 0: none */

struct cw_labels;

/** NULL only for lack of memory; given, free with cw_labels_free. */
struct cw_labels *cw_labels_new(void);
void cw_labels_free(struct cw_labels *labels);

/** The number of a name; the name is copied. 0 for NULL, "" or a full table (65,535). Allocates
 *  only for a name not seen before. */
cw_label cw_labels_intern(struct cw_labels *labels, const char *name);

/** The same for a name that a stranger chose (a brand in a packet): at most 4,096 of them get a
 *  number, so that nobody can fill the table. Names that are there already are found as ever. */
cw_label cw_labels_intern_foreign(struct cw_labels *labels, const char *name);

/** The name of a number; "" for 0 or unknown. Borrowed, good as long as the table. */
const char *cw_labels_text(const struct cw_labels *labels, cw_label label);

#endif
