/* SPDX-License-Identifier: Apache-2.0 */
#include "publish/totals.h"

#include <stdlib.h>

struct shard {
    struct cw_record_stats last; /* of the run that counts now */
    struct cw_record_stats past; /* sum of the runs before */
};

struct cw_totals {
    int64_t told_ns;
    unsigned n_shards;
    bool has_rest; /* latest was not told yet */
    struct cw_record latest;
    struct shard shards[];
};

struct cw_totals *
cw_totals_new(unsigned n_shards)
{
    struct cw_totals *totals =
        calloc(1, sizeof(*totals) + n_shards * sizeof(totals->shards[0]));
    if (totals) {
        totals->n_shards = n_shards;
    }
    return totals;
}

void
cw_totals_free(struct cw_totals *totals)
{
    free(totals);
}

/* What only grows; flows and hosts of a run that is over are gone with it. */
static void
add_counters(struct cw_record_stats *sum, const struct cw_record_stats *more)
{
    sum->packets += more->packets;
    sum->bytes += more->bytes;
    sum->parsed += more->parsed;
    sum->truncated += more->truncated;
    sum->duplicates += more->duplicates;
    sum->flows_new += more->flows_new;
    sum->records += more->records;
    sum->kernel_drops += more->kernel_drops;
    sum->flows_two_way += more->flows_two_way;
    sum->flows_one_way += more->flows_one_way;
    for (unsigned i = 0; i < CAMWATCH_N_DROPS; i++) {
        sum->drops[i] += more->drops[i];
    }
}

static void
sum_shards(const struct cw_totals *totals, struct cw_record_stats *out)
{
    *out = (struct cw_record_stats){.head = totals->latest};
    out->head.shard = 0;
    for (unsigned i = 0; i < totals->n_shards; i++) {
        const struct shard *shard = &totals->shards[i];
        add_counters(out, &shard->past);
        add_counters(out, &shard->last);
        out->flows += shard->last.flows;
        out->hosts += shard->last.hosts;
    }
}

static bool
all_have_reported(const struct cw_totals *totals, int64_t deadline_ns)
{
    for (unsigned i = 0; i < totals->n_shards; i++) {
        if (totals->shards[i].last.head.time_ns < deadline_ns) {
            return false;
        }
    }
    return true;
}

bool
cw_totals_now(const struct cw_totals *totals, struct cw_record_stats *out)
{
    sum_shards(totals, out);
    return totals->latest.time_ns != 0;
}

bool
cw_totals_rest(struct cw_totals *totals, struct cw_record_stats *out)
{
    if (!totals->has_rest) {
        return false;
    }
    totals->has_rest = false;
    totals->told_ns = totals->latest.time_ns;
    sum_shards(totals, out);
    return true;
}

bool
cw_totals_add(struct cw_totals *totals, const struct cw_record_stats *report,
              struct cw_record_stats *out)
{
    unsigned index = report->head.shard < totals->n_shards ? report->head.shard : 0;
    struct shard *shard = &totals->shards[index];
    bool is_overdue = shard->last.head.time_ns > totals->told_ns;
    if (shard->last.run != report->run) {
        add_counters(&shard->past, &shard->last);
    }
    shard->last = *report;
    totals->latest = report->head;
    totals->has_rest = true;
    if (!is_overdue && !all_have_reported(totals, report->head.time_ns)) {
        return false;
    }
    return cw_totals_rest(totals, out);
}
