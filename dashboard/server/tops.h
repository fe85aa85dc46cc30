/* SPDX-License-Identifier: Apache-2.0
 *
 * What a sensor adds up for charts: its keys :top:NAME and :minute:NAME.
 */
#ifndef SERVER_TOPS_H
#define SERVER_TOPS_H

#include "server/query.h"

/** "tops": {"top:NAME": {"member": number or text, ...}, ...}: sorted sets (their 200 highest) and hashes.
 *  A user that may not SCAN gets none. */
enum cw_answer cw_put_tops(struct cw_source *source, const char *sensor, struct cw_json *out);

#endif
