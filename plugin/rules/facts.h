/* SPDX-License-Identifier: Apache-2.0
 *
 * Makers, their owners by date, and lists. Pure; linear over a few dozen rows.
 */
#ifndef CW_RULES_FACTS_H
#define CW_RULES_FACTS_H

#include "camwatch/rules.h"
#include "rules/image.h"

/** Day of a time, from 1970-01-01; INT32_MAX for INT64_MAX, which stands for now. */
int32_t cw_rules_day(int64_t time_ns);

/** The list that was verified last. @return its day; INT32_MIN, and *list "", where there is
 *  none */
int32_t cw_rules_verified(const struct cw_rules *rules, const char **list);

/** Verified owner of a maker (name, short name or alias) at a time; "" where not known. */
const char *cw_rules_owner(const struct cw_rules *rules, const char *maker, int64_t time_ns);

/** Verified owner of the company behind a brand at a time, "" where not known; NULL where the rules
 *  name no such company. */
const char *cw_rules_brand_owner(const struct cw_rules *rules, const char *brand,
                                 int64_t time_ns);

/** Entries in force at a time that name the maker or the company behind the brand, the group of
 *  either, an owner of then, or the brand.
 *  The status is "unverified" where the entry, or the ownership that leads to it, is. */
size_t cw_rules_listings(const struct cw_rules *rules, const char *maker, const char *brand,
                         int64_t time_ns, struct camwatch_listing *out, size_t max);

#endif
