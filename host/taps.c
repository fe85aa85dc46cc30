/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "taps.h"

bool
cw_taps_make(struct cw_taps *taps, const struct cw_live_settings *settings,
             struct camwatch_error *error)
{
    *taps = (struct cw_taps){.settings = settings,
                             .shards = settings->has_reader ? 1 : settings->shards};
    for (size_t i = 0; i < settings->interfaces.n; i++) {
        if (!cw_deal_open(&taps->deals[i], settings->home.items, taps->shards, error)) {
            return false;
        }
        for (unsigned shard = 0; shard < taps->shards; shard++) {
            taps->of[i][shard] =
                cw_tap_new(settings->interfaces.items[i], (uint32_t)i, &settings->tap);
        }
    }
    return true;
}

void
cw_taps_free(struct cw_taps *taps)
{
    for (size_t i = 0; i < CW_MAX_INTERFACES; i++) {
        for (unsigned shard = 0; shard < CW_DEAL_SHARDS; shard++) {
            cw_tap_free(taps->of[i][shard]);
            taps->of[i][shard] = NULL;
        }
    }
}

bool
cw_taps_open(struct cw_taps *taps, size_t interface, struct camwatch_error *error)
{
    unsigned shards = taps->shards;
    struct cw_tap *const *of = taps->of[interface];
    bool is_good =
        cw_deal_open(&taps->deals[interface], taps->settings->home.items, shards, error);
    for (unsigned shard = 0; shard < shards && is_good; shard++) {
        is_good = cw_tap_open(of[shard], error);
    }
    if (is_good && (shards > 1 || cw_tap_can_join(of[0]))) {
        is_good = cw_tap_join(of, &taps->deals[interface], error);
    }
    if (!is_good) {
        cw_taps_close(taps, interface);
    }
    return is_good;
}

void
cw_taps_close(struct cw_taps *taps, size_t interface)
{
    for (unsigned shard = 0; shard < taps->shards; shard++) {
        cw_tap_close(taps->of[interface][shard]);
    }
}

bool
cw_taps_is_open(const struct cw_taps *taps, size_t interface)
{
    return cw_tap_is_open(taps->of[interface][0]);
}

static bool
replace_one(struct cw_taps *taps, size_t interface, unsigned shard,
            struct camwatch_error *error)
{
    struct cw_tap **place = &taps->of[interface][shard];
    if (!cw_tap_can_join(*place)) {
        cw_tap_close(*place);
        return cw_tap_open(*place, error);
    }
    struct cw_tap *fresh = cw_tap_new(taps->settings->interfaces.items[interface],
                                      (uint32_t)interface, &taps->settings->tap);
    if (!cw_tap_replace(fresh, *place, &taps->deals[interface], shard, error)) {
        cw_tap_free(fresh);
        return false;
    }
    cw_tap_free(*place);
    *place = fresh;
    return true;
}

bool
cw_taps_renew(struct cw_taps *taps, unsigned shard, struct camwatch_error *error)
{
    for (size_t i = 0; i < taps->settings->interfaces.n; i++) {
        if (cw_taps_is_open(taps, i) && !replace_one(taps, i, shard, error)) {
            return false;
        }
    }
    return true;
}

struct cw_tap_counts
cw_taps_count(struct cw_taps *taps, unsigned shard, bool asks)
{
    struct cw_tap_counts sum = {0};
    for (size_t i = 0; i < taps->settings->interfaces.n; i++) {
        struct cw_tap_counts one;
        if (asks) {
            cw_tap_count(taps->of[i][shard], &one);
        } else {
            cw_tap_counted(taps->of[i][shard], &one);
        }
        sum.received += one.received;
        sum.dropped += one.dropped;
    }
    return sum;
}

size_t
cw_taps_of_shard(const struct cw_taps *taps, unsigned shard,
                 struct cw_tap *out[CW_MAX_INTERFACES])
{
    size_t n = 0;
    for (size_t i = 0; i < taps->settings->interfaces.n; i++) {
        if (cw_tap_is_open(taps->of[i][shard])) {
            out[n++] = taps->of[i][shard];
        }
    }
    return n;
}

void
cw_taps_leave(struct cw_taps *taps, unsigned shard)
{
    for (size_t i = 0; i < taps->settings->interfaces.n; i++) {
        for (unsigned other = 0; other < taps->shards; other++) {
            if (other != shard) {
                cw_tap_free(taps->of[i][other]);
                taps->of[i][other] = NULL;
            }
        }
    }
}
