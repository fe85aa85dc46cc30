/* SPDX-License-Identifier: Apache-2.0
 *
 * What live and replay have in common in their options for Redis.
 */
#ifndef HOST_REDIS_OPTION_H
#define HOST_REDIS_OPTION_H

#include "camwatch/publisher.h"

/* Setters for rows at the whole struct camwatch_redis_settings. */
bool cw_set_redis_maxlen(void *field, char *const *values,
                         struct camwatch_error *error); /* flows=500000,alerts=1000 */
bool cw_set_redis_age(void *field, char *const *values,
                      struct camwatch_error *error); /* 86400, or flows=86400,alerts=604800 */

/** Something was set that makes sense with a URL only. */
bool cw_redis_has_more(const struct camwatch_redis_settings *settings);

#endif
