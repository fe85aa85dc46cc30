/* SPDX-License-Identifier: Apache-2.0
 *
 * What the constructors of this folder give: a camwatch_sink_ops and its self, closed by
 * ops->close.
 */
#ifndef CW_SINK_SINK_H
#define CW_SINK_SINK_H

#include "camwatch/sink.h"

struct cw_sink {
    const struct camwatch_sink_ops *ops; /* static storage */
    void *self;                          /* given, release with ops->close(self) */
};

#endif
