/* SPDX-License-Identifier: Apache-2.0
 *
 * Which sensors there are, from the names of their keys.
 */
#ifndef SERVER_SCAN_H
#define SERVER_SCAN_H

#include "server/query.h"

/** SCAN for camwatch:{*}:..., at most 1,000,000 keys. *is_whole: all were seen, and had room. */
enum cw_answer cw_scan_sensors(struct cw_source *source, struct cw_sensor_names *names,
                               bool *is_whole);

#endif
