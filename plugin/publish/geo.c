/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "publish/geo.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "publish/mmdb.h"

#ifndef CW_GEO_DIR
#    define CW_GEO_DIR "/usr/local/var/lib/camwatch/geo"
#endif

enum { MAX_FILES = 16, CACHE_SETS = 256, CACHE_WAYS = 4 };

struct cached {
    struct cw_addr addr; /* none: free */
    uint64_t used;
    struct cw_place place;
    bool is_known;
};

struct cw_geo {
    struct cw_mmdb *files[MAX_FILES];
    size_t n_files, n_refused;
    cw_geo_message_fn message;
    void *user;
    uint64_t uses, errors;
    struct cached cache[CACHE_SETS][CACHE_WAYS];
};

static void
say(const struct cw_geo *geo, const char *text)
{
    if (geo->message && text[0]) {
        geo->message(geo->user, text);
    }
}

static void
add_file(struct cw_geo *geo, const char *path)
{
    struct camwatch_error error, warning;
    struct cw_mmdb *file = cw_mmdb_open(path, &error, &warning);
    say(geo, error.text);
    say(geo, warning.text);
    if (file) {
        geo->files[geo->n_files++] = file;
    } else {
        geo->n_refused++;
    }
}

/* ---- which files ---- */

struct paths {
    char *items[MAX_FILES];
    size_t n;
    size_t more; /* beyond the limit */
};

static void
add_path(struct paths *paths, const char *path)
{
    char *copy = paths->n < MAX_FILES ? strdup(path) : NULL;
    if (copy) {
        paths->items[paths->n++] = copy;
    } else {
        paths->more++;
    }
}

static void
free_paths(struct paths *paths)
{
    for (size_t i = 0; i < paths->n; i++) {
        free(paths->items[i]);
    }
}

static int
is_mmdb(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name);
    return len > 5 && strcmp(entry->d_name + len - 5, ".mmdb") == 0;
}

static void
add_folder(struct paths *paths, const char *folder)
{
    struct dirent **names;
    int n = scandir(folder, &names, is_mmdb, alphasort);
    for (int i = 0; i < n; i++) {
        char path[4096];
        (void)snprintf(path, sizeof(path), "%s/%s", folder, names[i]->d_name);
        add_path(paths, path);
        free(names[i]);
    }
    if (n >= 0) {
        free((void *)names);
    }
}

/* What the operator put there goes before what the set-up made. */
static void
add_usual_places(struct paths *paths)
{
    static const char *const folders[] = {"/usr/share/GeoIP", "/var/lib/GeoIP",
                                          "/var/lib/camwatch/geo", CW_GEO_DIR};
    const char *own = getenv("CAMWATCH_GEO_DIR");
    if (own) {
        add_folder(paths, own);
        return;
    }
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        add_folder(paths, folders[i]);
    }
}

static struct paths
find_paths(const char *const *files)
{
    struct paths paths = {.n = 0};
    if (!files) {
        add_usual_places(&paths);
    }
    for (size_t i = 0; files && files[i]; i++) {
        add_path(&paths, files[i]);
    }
    return paths;
}

uint64_t
cw_geo_fingerprint(const char *const *files)
{
    static const struct cw_hash_key key = {0x67656f, 0x66696c65};
    struct paths paths = find_paths(files);
    uint64_t sum = paths.n;
    for (size_t i = 0; i < paths.n; i++) {
        struct stat info;
        uint64_t facts[7] = {sum, cw_hash(key, paths.items[i], strlen(paths.items[i]))};
        if (stat(paths.items[i], &info) == 0) {
            facts[2] = (uint64_t)info.st_dev;
            facts[3] = (uint64_t)info.st_ino;
            facts[4] = (uint64_t)info.st_size;
            facts[5] = (uint64_t)info.st_mtim.tv_sec;
            facts[6] = (uint64_t)info.st_mtim.tv_nsec;
        }
        sum = cw_hash(key, facts, sizeof(facts));
    }
    free_paths(&paths);
    return sum;
}

struct cw_geo *
cw_geo_new(const char *const *files, cw_geo_message_fn message, void *user)
{
    struct cw_geo *geo = calloc(1, sizeof(*geo));
    if (!geo) {
        return NULL;
    }
    geo->message = message;
    geo->user = user;
    struct paths paths = find_paths(files);
    for (size_t i = 0; i < paths.n; i++) {
        add_file(geo, paths.items[i]);
    }
    if (paths.more > 0) {
        say(geo, "more than 16 files of places: the last ones are not opened");
        geo->n_refused += paths.more;
    }
    free_paths(&paths);
    return geo;
}

void
cw_geo_free(struct cw_geo *geo)
{
    if (!geo) {
        return;
    }
    for (size_t i = 0; i < geo->n_files; i++) {
        cw_mmdb_close(geo->files[i]);
    }
    free(geo);
}

static struct cached *
find_cached(struct cw_geo *geo, const struct cw_addr *addr)
{
    static const struct cw_hash_key key = {0x67656f, 0x6c7275};
    struct cached *set = geo->cache[cw_hash(key, addr->b, sizeof(addr->b)) % CACHE_SETS];
    struct cached *oldest = &set[0];
    for (unsigned i = 0; i < CACHE_WAYS; i++) {
        if (cw_addr_equal(&set[i].addr, addr)) {
            return &set[i];
        }
        oldest = set[i].used < oldest->used ? &set[i] : oldest;
    }
    oldest->addr = (struct cw_addr){0};
    return oldest;
}

static void
ask_files(struct cw_geo *geo, struct cached *at, const struct cw_addr *addr)
{
    at->addr = *addr;
    at->place = (struct cw_place){.asn = 0};
    for (size_t i = 0; i < geo->n_files; i++) {
        geo->errors += !cw_mmdb_lookup(geo->files[i], addr, &at->place);
    }
    at->is_known =
        at->place.country[0] || at->place.city[0] || at->place.location[0] || at->place.asn;
}

bool
cw_geo_lookup(struct cw_geo *geo, const struct cw_addr *addr, struct cw_place *out)
{
    *out = (struct cw_place){.asn = 0};
    if (geo->n_files == 0 || !cw_addr_is_global(addr)) {
        return false;
    }
    struct cached *at = find_cached(geo, addr);
    if (cw_addr_is_none(&at->addr)) {
        ask_files(geo, at, addr);
    }
    at->used = ++geo->uses;
    *out = at->place;
    return at->is_known;
}

size_t
cw_geo_sources(const struct cw_geo *geo, struct camwatch_geo_source *out, size_t max)
{
    size_t n = geo->n_files < max ? geo->n_files : max;
    for (size_t i = 0; i < n; i++) {
        out[i] = cw_mmdb_source(geo->files[i]);
    }
    return n;
}

size_t
cw_geo_refused(const struct cw_geo *geo)
{
    return geo->n_refused;
}

uint64_t
cw_geo_errors(const struct cw_geo *geo)
{
    return geo->errors;
}
