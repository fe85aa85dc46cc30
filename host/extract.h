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

/**
 * @param has_payload  whole frames; else each is cut behind its transport header
 * @return false: error->text says why
 */
bool cw_extract(const struct camwatch_device *device, const struct cw_texts *paths,
                const char *to, bool has_payload, bool may_replace,
                struct cw_extract_result *result, struct camwatch_error *error);

#endif
