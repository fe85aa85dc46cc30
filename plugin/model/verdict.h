/* SPDX-License-Identifier: Apache-2.0
 *
 * What follows from all evidence. Service (the far end) and device (the local thing) are two
 * verdicts.
 */
#ifndef CW_MODEL_VERDICT_H
#define CW_MODEL_VERDICT_H

#include <stdbool.h>
#include <stddef.h>

#include "model/evidence.h"

struct cw_verdict {
    uint8_t confidence; /* 0..99 */
    uint8_t band;       /* enum camwatch_band */
    uint8_t role;       /* service: enum camwatch_role */
    uint8_t path;       /* service: enum camwatch_path where evidence tells, else NONE */
    uint8_t side;       /* enum camwatch_side */
    uint8_t device_kind;
    uint8_t
        is_surveillance; /* device: at least one device-side fact of a surveillance device */
    cw_label vendor;
    cw_label platform;
    cw_label brand;
    cw_label maker;
    uint8_t maker_confidence;
};

/** Band of a confidence: 80 confirmed, 50 likely, above 0 hint. */
unsigned cw_verdict_band(unsigned confidence);

/**
 * Weigh all evidence on one subject.
 *
 * Points of different kinds combine as 100 (1 - product(1 - p/100)), the best of each kind counting
 * once, per name; the strongest name wins and loses half of the weight of the strongest
 * contradiction (another vendor that is no platform of it). Below "likely" no vendor, brand or
 * maker is named. A name that apps use too (cw_evidence_is_called_brand) gives a device nothing but
 * the brand that nothing else named, where all other evidence confirms a surveillance device and no
 * other brand is called.
 *
 * @param subject  CW_SUBJECT_SERVICE or CW_SUBJECT_DEVICE
 * Pure; O(n^2) over a handful of pieces.
 */
struct cw_verdict cw_verdict_weigh(const struct cw_evidence *evidence, size_t n,
                                   unsigned subject);

/**
 * Add one piece, keeping the list short: pieces of the same kind, rule and names become one, the
 * better of them with what only the other tells, and so do two names of one brand; when the list is
 * full the weakest goes. Returns true when the verdict may change.
 */
bool cw_evidence_add(struct cw_evidence *list, size_t *n, size_t max,
                     const struct cw_evidence *piece);

#endif
