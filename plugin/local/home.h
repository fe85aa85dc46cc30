/* SPDX-License-Identifier: Apache-2.0
 *
 * The home networks: which addresses are the operator's own, whatever their MAC. RFC 1918,
 * 100.64/10, link-local and ULA always; more by settings. Read-only after the last add: any thread
 * may ask.
 */
#ifndef CW_LOCAL_HOME_H
#define CW_LOCAL_HOME_H

#include "base/addr.h"

#define CW_HOME_MAX 64

struct cw_home {
    struct cw_prefix more[CW_HOME_MAX]; /* the operator's */
    size_t n_more;
};

/** Add one of the operator's prefixes. False when it cannot be read or there are too many. */
bool cw_home_add(struct cw_home *home, const char *prefix);

/** Is this unicast address in the home networks? O(1) for the usual ones. */
bool cw_home_has(const struct cw_home *home, const struct cw_addr *addr);

#endif
