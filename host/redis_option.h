/* SPDX-License-Identifier: Apache-2.0
 *
 * What live and replay have in common in their options for Redis.
 */
#ifndef HOST_REDIS_OPTION_H
#define HOST_REDIS_OPTION_H

#include "camwatch/publisher.h"

/** Something was set that makes sense with a URL only. */
bool cw_redis_has_more(const struct camwatch_redis_settings *settings);

#endif
