/* SPDX-License-Identifier: Apache-2.0
 *
 * What `camwatch replay` was asked to do.
 */
#ifndef HOST_REPLAY_H
#define HOST_REPLAY_H

#include <stdint.h>

#include "camwatch/monitor.h"
#include "camwatch/publisher.h"
#include "exit_status.h"
#include "option.h"
#include "privacy.h"

enum { CW_THREADS_MAX = 16 };

enum cw_fail_on {
    CW_FAIL_NEVER,
    CW_FAIL_HINT,
    CW_FAIL_LIKELY,
    CW_FAIL_CONFIRMED,
    CW_FAIL_LISTED
};

struct cw_replay_settings {
    const char *rules, *json, *sensor, *site, *bpf, *assets, *state, *explain, *inventory;
    const char *extract[2]; /* DEVICE, OUT.pcap */
    struct cw_texts geo, home, reports;
    struct camwatch_monitor_settings monitor;
    struct camwatch_publisher_settings publisher;
    struct camwatch_redis_settings redis;
    enum cw_fail_on fail_on;
    enum cw_viewers viewers;
    char *const *argv; /* as given, for reports */
    uint32_t top, threads;
    bool is_separate, is_quiet, is_csv, has_no_colour, reveals_ids, has_payload, may_replace;
};

extern const struct cw_option cw_replay_options[];

void cw_replay_settings_default(struct cw_replay_settings *settings);
void cw_replay_settings_free(struct cw_replay_settings *settings);

/** Settings that exclude each other. @return false: error->text says which */
bool cw_replay_settings_check(const struct cw_replay_settings *settings,
                              struct camwatch_error *error);

#endif
