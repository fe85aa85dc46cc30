/* SPDX-License-Identifier: Apache-2.0 */
#include "local/home.h"

bool
cw_home_add(struct cw_home *home, const char *prefix)
{
    struct cw_prefix p;
    if (home->n_more == CW_HOME_MAX || !cw_prefix_parse(prefix, &p)) {
        return false;
    }
    home->more[home->n_more++] = p;
    return true;
}

/* RFC 1918, RFC 6598, RFC 3927. */
static bool
is_usual_v4(const uint8_t b[4])
{
    return b[0] == 10 || (b[0] == 172 && (b[1] & 0xf0) == 16) || (b[0] == 192 && b[1] == 168) ||
           (b[0] == 100 && (b[1] & 0xc0) == 64) || (b[0] == 169 && b[1] == 254);
}

bool
cw_home_has(const struct cw_home *home, const struct cw_addr *addr)
{
    if (cw_addr_is_v4(addr) ? is_usual_v4(addr->b + 12)
                            : (addr->b[0] & 0xfe) == 0xfc || cw_addr_is_linklocal(addr)) {
        return true;
    }
    for (size_t i = 0; i < home->n_more; i++) {
        if (cw_prefix_has(&home->more[i], addr)) {
            return true;
        }
    }
    return false;
}
