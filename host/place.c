/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Folder of the program that runs; "." where the system does not say. */
static void
own_folder(char out[PATH_MAX])
{
    ssize_t len = readlink("/proc/self/exe", out, PATH_MAX - 1);
    out[len > 0 ? len : 0] = '\0';
    char *slash = strrchr(out, '/');
    if (!slash) {
        (void)snprintf(out, PATH_MAX, ".");
    } else {
        *slash = '\0';
    }
}

/* A path beside the program, if the probe below it is there. */
static bool
is_beside(const char *where, const char *probe, char out[PATH_MAX])
{
    char folder[PATH_MAX], path[PATH_MAX], real[PATH_MAX];
    own_folder(folder);
    if ((size_t)snprintf(path, sizeof(path), "%s/%s", folder, where) >= sizeof(path) ||
        !realpath(path, real) ||
        (size_t)snprintf(path, sizeof(path), "%s%s", real, probe) >= sizeof(path) ||
        access(path, R_OK) != 0) {
        return false;
    }
    (void)snprintf(out, PATH_MAX, "%s", real);
    return true;
}

const char *
cw_place_rules(char out[PATH_MAX])
{
    if (!is_beside("../share/camwatch/rules", "/makers.yaml", out) &&
        !is_beside("../../../rules", "/makers.yaml", out)) { /* build/PRESET/host/camwatch */
        (void)snprintf(out, PATH_MAX, "%s", CW_RULES_DIR);
    }
    return out;
}

const char *
cw_place_geo_tool(char out[PATH_MAX])
{
    if (!is_beside("../libexec/camwatch/camwatch-geo", "", out) &&
        !is_beside("../../../tools/camwatch-geo", "", out)) {
        (void)snprintf(out, PATH_MAX, "%s/camwatch-geo", CW_LIBEXEC_DIR);
    }
    return out;
}

bool
cw_place_takes_files(const char *path)
{
    char folder[PATH_MAX];
    (void)snprintf(folder, sizeof(folder), "%s", path);
    char *slash = strrchr(folder, '/');
    if (slash) {
        *(slash == folder ? slash + 1 : slash) = '\0';
    }
    return access(slash ? folder : ".", W_OK | X_OK) == 0;
}
