/* SPDX-License-Identifier: Apache-2.0
 *
 * The tables of the summary.
 */
#ifndef HOST_SUMMARY_TABLES_H
#define HOST_SUMMARY_TABLES_H

#include "report.h"

/** The first sentence, for a person in a hurry. */
void cw_summary_sentence(const struct cw_report *report, struct cw_buffer *out);

/** Services that one device reaches. */
void cw_summary_device_table(const struct cw_report *report,
                             const struct camwatch_device *device);

/* Camera services that hosts reach which are no surveillance devices: viewers, mostly. */
size_t cw_summary_count_others(const struct cw_report *report);
void cw_summary_others_table(const struct cw_report *report);

/* Far ends of devices that no rule knows. */
size_t cw_summary_count_unexplained(const struct cw_report *report);
void cw_summary_unexplained_table(const struct cw_report *report);

/* What devices say and hear on the local network. */
size_t cw_summary_count_lan(const struct cw_report *report);
void cw_summary_lan_table(const struct cw_report *report);

/* The operator's list of assets: what is not in it, not as it says, or never seen. */
size_t cw_summary_count_assets(const struct cw_report *report);
void cw_summary_assets_table(const struct cw_report *report);

/** The same in one sentence; nothing where there is no list. */
void cw_summary_assets_sentence(const struct cw_report *report, struct cw_buffer *out);

#endif
