/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether bytes of a server hold a whole reply (RESP2). A parser that trusts what is announced
 * allocates for it at once; it is shown replies only that are there to the last byte and not larger
 * than any that camwatch asks for.
 */
#ifndef CW_SINK_RESP_SCAN_H
#define CW_SINK_RESP_SCAN_H

#include <stddef.h>
#include <stdint.h>

#define CW_RESP_REPLY_MAX    (8u * 1024 * 1024)
#define CW_RESP_ELEMENTS_MAX (128u * 1024) /* of a reply with all that it nests */
#define CW_RESP_LINE_MAX     (16u * 1024)

/* Zeroed for each reply. */
struct cw_resp_scan {
    size_t at; /* bytes that are known to be of it */
    uint64_t elements, read;
};

enum cw_resp_end {
    CW_RESP_PART,  /* more must come */
    CW_RESP_WHOLE, /* scan->at bytes are the reply */
    CW_RESP_WRONG, /* no reply of a server, or too large: nothing of it is to be believed */
};

/** Look at the bytes from the beginning of a reply; called again when there are more. O(new
 *  bytes). */
enum cw_resp_end cw_resp_scan(struct cw_resp_scan *scan, const char *bytes, size_t len);

#endif
