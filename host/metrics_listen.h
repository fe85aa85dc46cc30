/* SPDX-License-Identifier: Apache-2.0
 *
 * Where --metrics listens.
 */
#ifndef HOST_METRICS_LISTEN_H
#define HOST_METRICS_LISTEN_H

#include <stdbool.h>

#include "camwatch/status.h"

/** Is it "PORT", "ADDRESS:PORT" or "[ADDRESS6]:PORT"? A port alone is one of this machine's own address
 *  127.0.0.1. @return false: error->text says what is allowed */
bool cw_metrics_listen_check(const char *where, struct camwatch_error *error);

/** @return a listening socket that does not block; -1: error->text says why */
int cw_metrics_listen(const char *where, struct camwatch_error *error);

#endif
