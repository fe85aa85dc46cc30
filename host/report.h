/* SPDX-License-Identifier: Apache-2.0
 *
 * What a run found, and the forms in which it is told.
 */
#ifndef HOST_REPORT_H
#define HOST_REPORT_H

#include "mask.h"
#include "roster.h"
#include "session.h"
#include "term.h"

struct cw_report {
    struct cw_term term;
    const struct cw_replay_settings *settings;
    const struct cw_session *session;
    const struct cw_texts *paths;
    struct cw_roster *roster;
    struct cw_mask *mask;
    struct camwatch_monitor_stats stats;
    struct camwatch_publisher_account account;
    double seconds; /* of the run */
    uint64_t bytes; /* of the captures, packed */
    unsigned n_faults; /* inputs that could not be read to their end */
};

/** summary.c: the summary in the terminal. */
void cw_summary_write(const struct cw_report *report);

/** account.c: one line; and whether everything that came in came out. */
void cw_account_write(const struct cw_report *report);
bool cw_account_closes(const struct cw_report *report);
/** What was dropped and why, a line a reason; nothing when nothing was. */
void cw_drops_write(const struct cw_report *report);

/** csv.c: a row a device and destination. */
void cw_csv_write(const struct cw_report *report, FILE *out);

/** chain.c: the chain of evidence of one device. */
void cw_chain_write(const struct cw_report *report, const struct camwatch_device *device);

/** How a device is called in one line: "Amcrest IPM-723W", "Dahua camera", "device". */
void cw_device_title(const struct camwatch_device *device, struct cw_buffer *out);

/** The address by which people know it: the latest IPv4 one, else the latest; "" none. */
const char *cw_device_address(const struct camwatch_device *device);

/** "says so itself" for "identity", and so on; the kind itself where there is no other word. */
const char *cw_evidence_word(const char *kind);

/** The entry was verified; others are shown as such and accuse nobody. */
bool cw_listing_counts(const struct camwatch_listing *listing);

/** At least one verified entry of a list of bans, of purchase or of authorisation, names the device's
    maker, brand or owner. */
bool cw_device_is_banned(const struct camwatch_device *device);

/** At least one verified entry of any list names the device's maker, brand or owner. */
bool cw_device_is_listed(const struct camwatch_device *device);

enum cw_style cw_band_style(unsigned band);

#endif
