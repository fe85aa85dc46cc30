/* SPDX-License-Identifier: Apache-2.0
 *
 * SIGINT and SIGTERM end a run early but in order: what was read is reported.
 */
#ifndef HOST_STOP_H
#define HOST_STOP_H

#include <stdbool.h>

/** Catch the signals from now on; a second one ends the program at once. Blocking reads return
 *  EINTR. */
void cw_stop_catch(void);
bool cw_stop_is_asked(void);
/** As a signal would. */
void cw_stop_ask(void);

#endif
