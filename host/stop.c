/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "stop.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t is_asked;

static void
on_signal(int number)
{
    (void)number;
    is_asked = 1;
}

void
cw_stop_catch(void)
{
    /* SA_RESETHAND: the second one acts as ever. No SA_RESTART: a waiting read must return. */
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
}

bool
cw_stop_is_asked(void)
{
    return is_asked != 0;
}

void
cw_stop_ask(void)
{
    is_asked = 1;
}
