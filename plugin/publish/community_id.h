/* SPDX-License-Identifier: Apache-2.0
 *
 * Community ID v1 (corelight/community-id-spec, README): the name of a flow that other tools give
 * too.
 */
#ifndef CW_PUBLISH_COMMUNITY_ID_H
#define CW_PUBLISH_COMMUNITY_ID_H

#include "base/addr.h"

#define CW_COMMUNITY_ID_MAX 31 /* "1:", 28 letters of base64, NUL */

/** The ends of a flow. For ICMP and ICMPv6 the type and code of the source's first message stand
 *  where other protocols have ports. */
struct cw_community_flow {
    const struct cw_addr *src, *dst; /* borrowed */
    uint16_t src_port, dst_port;
    uint8_t proto; /* IP protocol number */
    uint8_t icmp_type, icmp_code;
};

/** Write the ID, seed 0, into the caller's buffer and return it. Pure; about 1 µs. */
const char *cw_community_id(const struct cw_community_flow *flow,
                            char out[CW_COMMUNITY_ID_MAX]);

#endif
