/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "rules_set.h"

#include <limits.h>

#include "log.h"
#include "place.h"

static void
on_finding(void *user, bool is_error, const char *text)
{
    (void)user;
    cw_log(is_error ? CW_LOG_ERROR : CW_LOG_WARNING, "%s", text);
}

struct camwatch_rules *
cw_rules_set_load(const char *folder)
{
    char place[PATH_MAX];
    struct camwatch_rules *rules = NULL;
    int status =
        camwatch_rules_load(folder ? folder : cw_place_rules(place), on_finding, NULL, &rules);
    if (status == CAMWATCH_OK) {
        return rules;
    }
    if (status != CAMWATCH_ERULES) {
        cw_log(CW_LOG_ERROR, "%s: %s", folder ? folder : place, camwatch_status_text(status));
    }
    return NULL;
}
