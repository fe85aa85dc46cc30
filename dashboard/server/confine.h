/* SPDX-License-Identifier: Apache-2.0
 *
 * What the process gives up once it has its socket: root, every capability, and the way back to
 * them.
 */
#ifndef SERVER_CONFINE_H
#define SERVER_CONFINE_H

#include "camwatch/status.h"

/**
 * Before any thread is made.
 *
 * @param user  to become when root; NULL: stay who we are
 * @retval CAMWATCH_EINVAL no such user; CAMWATCH_EIO the system refuses
 */
int cw_confine(const char *user, struct camwatch_error *error);

#endif
