/* SPDX-License-Identifier: Apache-2.0
 *
 * What `camwatch live` was asked to do: by the command line, and by the settings file below it.
 */
#ifndef HOST_LIVE_H
#define HOST_LIVE_H

#include "camwatch/monitor.h"
#include "camwatch/publisher.h"
#include "log.h"
#include "option.h"
#include "tap.h"

enum { CW_MAX_INTERFACES = 16 };

struct cw_live_settings {
    const char *config; /* NULL: CW_SETTINGS_FILE_DEFAULT, if it is there */
    const char *rules, *json, *sensor, *site, *assets, *state;
    struct cw_texts geo, home, interfaces;
    struct camwatch_monitor_settings monitor;
    struct camwatch_publisher_settings publisher;
    struct camwatch_redis_settings redis;
    struct camwatch_file_settings file;
    struct camwatch_syslog_settings syslog;
    struct cw_tap_settings tap;
    struct cw_log_settings log;
    const char *run_dir, *user, *metrics_file, *metrics;
    uint64_t ring_bytes;
    uint32_t shards;
    bool has_reader; /* --mode reader: one process captures and deals, instead of the kernel */
    bool is_alone, has_no_sandbox;
    bool has_own_state; /* state is a file in run_dir that begins empty: none was asked for */
    uint32_t hang_s;  /* a process that is not at work for so long is killed; 0: never */
    uint32_t drain_s; /* longest that SIGTERM waits for what is on its way */
};

extern const struct cw_option cw_live_options[];

void cw_live_settings_default(struct cw_live_settings *settings);
void cw_live_settings_free(struct cw_live_settings *settings);

/** Settings that are impossible alone or together. @return false: error->text says which */
bool cw_live_settings_check(const struct cw_live_settings *settings,
                            struct camwatch_error *error);

/** Supervisor, monitors and publisher, until SIGTERM or SIGINT. @return an exit status */
int cw_live_supervise(const struct cw_live_settings *settings);

/** Packet side and event side in this process, until SIGTERM or SIGINT. @return an exit status */
int cw_live_alone(const struct cw_live_settings *settings);

#endif
