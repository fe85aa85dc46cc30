/* SPDX-License-Identifier: Apache-2.0
 *
 * camwatch geo: hands over to the tool camwatch-geo.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "exit_status.h"
#include "place.h"

enum { MAX_ARGUMENTS = 64 };

static int
run_geo(char *const *argv)
{
    char place[PATH_MAX];
    const char *tool = cw_place_geo_tool(place);
    char *own[MAX_ARGUMENTS + 2] = {(char *)(uintptr_t)tool};
    size_t n = 0;
    if (!argv[0]) {
        return cw_command_usage(&cw_command_geo, "update or status?");
    }
    for (; argv[n] && n < MAX_ARGUMENTS; n++) {
        own[n + 1] = argv[n];
    }
    if (argv[n]) {
        return cw_command_usage(&cw_command_geo, "too many arguments");
    }
    (void)execv(tool, own);
    (void)fprintf(stderr, "camwatch: %s: %s\n", tool, strerror(errno));
    return CW_EXIT_SETUP;
}

/* Of camwatch-geo, for help, manual and completion: what is behind "geo" goes there as it is. */
static const struct cw_option options[] = {
    {"dir", "FOLDER", "where the databases are; default /var/lib/camwatch/geo", cw_set_text, 0},
    {"only", "country|as", "of update: one of the two", cw_set_text, 0},
    {"from", "FILE...",
     "of update, the last option: without a network, out of these: a .deb (tor-geoipdb, "
     "libloc-database), the texts geoip and geoip6, a location.db or its dump, a .mmdb",
     cw_set_text, 0},
    CW_OPTION_END,
};

const struct cw_command cw_command_geo = {
    .name = "geo",
    .operands = "update|status [OPTION...]",
    .summary = "build the databases of countries and autonomous systems, or tell their dates",
    .more =
        "Without --from the data come out of packages of this distribution, unpacked and not "
        "installed.\nThey are the IPFire Location database, CC BY-SA 4.0: credit it wherever "
        "its results are shown.",
    .options = options,
    .run = run_geo,
};
