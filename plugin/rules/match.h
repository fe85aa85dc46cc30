/* SPDX-License-Identifier: Apache-2.0
 *
 * What the rules say of a name, an address, a MAC or a banner. Every function is pure, never
 * allocates and may run in any number of threads; hits borrow their strings from the image.
 */
#ifndef CW_RULES_MATCH_H
#define CW_RULES_MATCH_H

#include "base/addr.h"
#include "model/rule.h"

struct cw_rules; /* the image: rules/image.h */

/* What a server or device says of itself in clear. X(symbol, key in vendor files, help). */
#define CW_BANNERS(X)                                                                          \
    X(HTTP_SERVER, "http_server", "Server header of HTTP")                                     \
    X(RTSP_SERVER, "rtsp_server", "Server or User-Agent header of RTSP, from the server")      \
    X(REALM, "realm", "realm of HTTP or RTSP authentication")                                  \
    X(TLS_SUBJECT, "tls_subject", "subject of the server's certificate")                       \
    X(USER_AGENT, "user_agent", "User-Agent of a client")                                      \
    X(MODEL_PREFIX, "model_prefix", "start of a model name")

/* clang-format off */
#define CW_X(s, t, h) CW_BANNER_##s,
enum cw_banner { CW_BANNERS(CW_X) CW_N_BANNERS };
#undef CW_X
/* clang-format on */

/** Key of a banner field in vendor files; "" for values out of range. Static storage. */
const char *cw_rules_banner_text(unsigned field);

/**
 * Rules whose suffix is the name or stands above it on a label boundary, the longest first.
 *
 * @param name_lowercase  borrowed; a dot at the end is ignored
 * @return number written to out, at most max
 * Cost: one pass over the name from its end and one look-up for each number of labels that some
 * rule has, so that a miss costs no more than a hit.
 */
size_t cw_rules_match_name(const struct cw_rules *rules, const char *name_lowercase,
                           struct cw_rule_hit *out, size_t max);

/** Rules whose prefix holds the address, the longest first. One binary search. */
size_t cw_rules_match_addr(const struct cw_rules *rules, const struct cw_addr *addr,
                           struct cw_rule_hit *out, size_t max);

/** Rules whose 24, 28 or 36 bits start the MAC, the longest first; none for group and locally
 *  administered addresses. One binary search. */
size_t cw_rules_match_mac(const struct cw_rules *rules, const struct cw_mac *mac,
                          struct cw_rule_hit *out, size_t max);

/** Rules whose text stands in the banner (MODEL_PREFIX: at its start), by case, the longest
 *  first. One search of the text for each rule of the field. */
size_t cw_rules_match_banner(const struct cw_rules *rules, enum cw_banner field,
                             struct cw_bytes text, struct cw_rule_hit *out, size_t max);

#endif
