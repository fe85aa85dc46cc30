/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SINK_ACCOUNT_H
#define SINK_ACCOUNT_H

#include "sink/sink.h"

/** The account of a sink, which closes whenever it is asked for; cmocka.h stands before. */
static inline struct camwatch_sink_account
sink_account(const struct cw_sink *sink)
{
    struct camwatch_sink_account a = {.size = sizeof(a)};
    sink->ops->account(sink->self, &a);
    assert_int_equal(a.given, a.delivered + a.refused + a.lost + a.pending);
    assert_true(a.in_flight <= a.pending);
    assert_true(a.spool_full <= a.lost);
    return a;
}

#endif
