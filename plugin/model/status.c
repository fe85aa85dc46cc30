/* SPDX-License-Identifier: Apache-2.0 */
#include "camwatch/status.h"

const char *
camwatch_status_text(int status)
{
#define ROW(s, v, t)                                                                                 \
    case v:                                                                                          \
        return t;
    switch (status) {
        CAMWATCH_STATUSES(ROW)
    default:
        return "unknown status";
    }
#undef ROW
}
