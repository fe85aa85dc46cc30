/* SPDX-License-Identifier: Apache-2.0
 *
 * The frames of one device out of captures into a new one.
 */
#ifndef HOST_EXTRACT_H
#define HOST_EXTRACT_H

#include "camwatch/publisher.h"
#include "option.h"

struct cw_extract_result {
    uint64_t frames;
};

/** Before captures are read: can they be read twice, and is there room for the file? False: error->text says
 *  what is wrong. */
bool cw_extract_can_begin(const struct cw_texts *paths, const char *to, bool may_replace,
                          struct camwatch_error *error);

/**
 * After cw_extract_can_begin().
 *
 * @param has_payload  whole frames; else each is cut behind its transport header
 * @return false: error->text says why
 */
bool cw_extract(const struct camwatch_device *device, const struct cw_texts *paths,
                const char *to, bool has_payload, bool may_replace,
                struct cw_extract_result *result, struct camwatch_error *error);

#endif
