/* SPDX-License-Identifier: Apache-2.0 */
#include "camwatch/version.h"

#include <stdio.h>

#include "inspect/ndpi.h"

const char *
camwatch_version(void)
{
    return CAMWATCH_VERSION;
}

const char *
camwatch_build_info(void)
{
    static _Thread_local char text[128];
    (void)snprintf(text, sizeof(text), "camwatch " CAMWATCH_VERSION " (nDPI %s)",
                   cw_ndpi_version());
    return text;
}
