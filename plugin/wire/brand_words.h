/* SPDX-License-Identifier: Apache-2.0
 *
 * Brands in what devices say of themselves: ONVIF names, manufacturer fields, model numbers.
 */
#ifndef CW_WIRE_BRAND_WORDS_H
#define CW_WIRE_BRAND_WORDS_H

#include "wire/wire.h"

struct cw_brand {
    const char *word; /* as devices write it; compared without case */
    const char *brand;
    const char *maker;  /* "" where the brand does not prove it */
    const char *vendor; /* whose protocols and services it uses; "" not told */
};

/** The brand whose word starts the text, as a whole word; NULL where none is known. Static
 * storage. */
const struct cw_brand *cw_brand_find(struct cw_bytes text);

/** Every word, and how many there are. Static storage. */
const struct cw_brand *cw_brand_all(size_t *n);

/** Note a brand that a device says of itself: brand, maker, and the vendor of the match. */
void cw_brand_note(struct cw_wire_match *m, const struct cw_brand *brand);

/** Kind from a model number: recorders and door stations by their usual prefixes, cameras too;
 *  UNKNOWN where it tells nothing. */
uint8_t cw_brand_model_kind(struct cw_bytes model);

#endif
