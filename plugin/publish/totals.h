/* SPDX-License-Identifier: Apache-2.0
 *
 * The counters of several shards as one: each shard reports its own at the same deadlines; a
 * monitor that was restarted counts from zero, and what it had counted before stays in the sum.
 */
#ifndef CW_PUBLISH_TOTALS_H
#define CW_PUBLISH_TOTALS_H

#include <stdbool.h>

#include "model/record.h"

struct cw_totals;

/** @param n_shards  1 to 256. NULL for lack of memory; given, free with cw_totals_free. */
struct cw_totals *cw_totals_new(unsigned n_shards);
void cw_totals_free(struct cw_totals *totals);

/**
 * Take a shard's report.
 *
 * @param report  of an untrusted writer, checked as a record; one of an unknown shard counts as
 *                shard 0
 * @return true: out is the sum, due now: every shard has reported this deadline, or this one
 *         reports again while another stays silent
 */
bool cw_totals_add(struct cw_totals *totals, const struct cw_record_stats *report,
                   struct cw_record_stats *out);

/** At the end: the sum of what was reported and not told yet. @return false: there is nothing */
bool cw_totals_rest(struct cw_totals *totals, struct cw_record_stats *out);

/** What is known by now, told or not. @return false: nobody has reported yet */
bool cw_totals_now(const struct cw_totals *totals, struct cw_record_stats *out);

#endif
