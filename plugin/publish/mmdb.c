/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "publish/mmdb.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <maxminddb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"

#define MAX_COPY     (512u * 1024 * 1024)
#define PROBED_NODES 1024
#define SECOND_NS    INT64_C(1000000000)

/* What a file may hold, and where (ecosystem.md 6.2); the first path that hits wins. */
enum value { COUNTRY, REGISTERED, CITY, LATITUDE, LONGITUDE, ASN, AS_ORG, N_VALUES };

struct path {
    enum value value;
    const char *at[4];
};

static const struct path paths[] = {
    {COUNTRY, {"country", "iso_code"}},
    {COUNTRY, {"country_code"}},
    {COUNTRY, {"country"}}, /* of two letters; elsewhere the same key holds a name */
    {REGISTERED, {"registered_country", "iso_code"}},
    {CITY, {"city", "names", "en"}},
    {CITY, {"city"}},
    {LATITUDE, {"location", "latitude"}},
    {LATITUDE, {"latitude"}},
    {LATITUDE, {"lat"}},
    {LONGITUDE, {"location", "longitude"}},
    {LONGITUDE, {"longitude"}},
    {LONGITUDE, {"lng"}},
    {ASN, {"autonomous_system_number"}},
    {ASN, {"asn"}},
    {AS_ORG, {"autonomous_system_organization"}},
    {AS_ORG, {"as_name"}},
    {AS_ORG, {"organization"}},
};

enum { N_PATHS = sizeof(paths) / sizeof(paths[0]) };

struct cw_mmdb {
    MMDB_s db;
    char *path;
    char type[64];
    char licence[96];
    int64_t built_ns; /* age of the data where the description says it, else of the file */
    uint32_t layout;  /* bit i: paths[i] was met when probing */
};

/* ---- values ---- */

static bool
get(const MMDB_entry_s *entry, const struct path *path, MMDB_entry_data_s *out)
{
    MMDB_entry_s start = *entry;
    return MMDB_aget_value(&start, out, path->at) == MMDB_SUCCESS && out->has_data;
}

/* Strings of the file are not NUL-terminated. */
static struct cw_bytes
text_of(const MMDB_entry_data_s *data)
{
    bool is_text = data->type == MMDB_DATA_TYPE_UTF8_STRING;
    return is_text ? cw_bytes(data->utf8_string, data->data_size) : cw_bytes(NULL, 0);
}

static bool
is_upper(uint8_t c)
{
    return c >= 'A' && c <= 'Z';
}

/* Two capitals; "??", "A1" and the user-assigned XX and ZZ are no country. */
static bool
take_country(const MMDB_entry_data_s *data, char out[3])
{
    struct cw_bytes text = text_of(data);
    if (text.len != 2 || !is_upper(text.ptr[0]) || !is_upper(text.ptr[1]) ||
        CW_STARTS(text, "XX") || CW_STARTS(text, "ZZ")) {
        return false;
    }
    cw_text_copy(out, 3, text);
    return true;
}

static bool
take_text(const MMDB_entry_data_s *data, char *out, size_t size)
{
    cw_text_copy(out, size, text_of(data));
    return out[0] != '\0';
}

/* 32-bit or shorter number, or text "AS123". */
static bool
take_asn(const MMDB_entry_data_s *data, uint32_t *out)
{
    struct cw_bytes text = text_of(data);
    if (data->type == MMDB_DATA_TYPE_UINT32) {
        *out = data->uint32;
    } else if (data->type == MMDB_DATA_TYPE_UINT16) {
        *out = data->uint16;
    } else if (data->type == MMDB_DATA_TYPE_UINT64 && data->uint64 <= UINT32_MAX) {
        *out = (uint32_t)data->uint64;
    } else if (CW_STARTS(text, "AS")) {
        return cw_text_number(cw_bytes_from(text, 2), UINT32_MAX, out) && *out != 0;
    }
    return *out != 0;
}

/* Text such as "-12.5"; independent of the locale. */
static bool
parse_degrees(struct cw_bytes text, double *out)
{
    bool is_negative = CW_STARTS(text, "-");
    struct cw_bytes digits = cw_bytes_from(text, is_negative ? 1 : 0);
    ptrdiff_t dot = cw_text_find(digits, cw_bytes(".", 1));
    struct cw_bytes whole = cw_bytes_head(digits, dot < 0 ? digits.len : (size_t)dot);
    struct cw_bytes part =
        dot < 0 ? cw_bytes("", 0) : cw_bytes_head(cw_bytes_from(digits, (size_t)dot + 1), 6);
    uint32_t a = 0, b = 0;
    if (!cw_text_number(whole, 180, &a) ||
        (part.len > 0 && !cw_text_number(part, 999999, &b))) {
        return false;
    }
    double value = b;
    for (size_t i = 0; i < part.len; i++) {
        value /= 10.0;
    }
    value += a;
    *out = is_negative ? -value : value;
    return true;
}

static bool
take_degrees(const MMDB_entry_data_s *data, double limit, double *out)
{
    double value;
    if (data->type == MMDB_DATA_TYPE_DOUBLE) {
        value = data->double_value;
    } else if (data->type == MMDB_DATA_TYPE_FLOAT) {
        value = (double)data->float_value;
    } else if (!parse_degrees(text_of(data), &value)) {
        return false;
    }
    if (!(value >= -limit && value <= limit)) { /* also not a number */
        return false;
    }
    *out = value;
    return true;
}

struct found { /* of one entry */
    struct cw_place place;
    char registered[3];
    double latitude, longitude;
    bool has_latitude, has_longitude;
};

static bool
take(struct found *found, enum value value, const MMDB_entry_data_s *data)
{
    switch (value) {
    case COUNTRY:
        return take_country(data, found->place.country);
    case REGISTERED:
        return take_country(data, found->registered);
    case CITY:
        return take_text(data, found->place.city, sizeof(found->place.city));
    case LATITUDE:
        return found->has_latitude = take_degrees(data, 90, &found->latitude);
    case LONGITUDE:
        return found->has_longitude = take_degrees(data, 180, &found->longitude);
    case ASN:
        return take_asn(data, &found->place.asn);
    case AS_ORG:
        return take_text(data, found->place.as_org, sizeof(found->place.as_org));
    case N_VALUES:
        break;
    }
    return false;
}

/* Try the given paths in order, the first hit of each value; returns which hit. */
static uint32_t
read_entry(const MMDB_entry_s *entry, uint32_t layout, struct found *found)
{
    uint32_t hits = 0, done = 0;
    for (unsigned i = 0; i < N_PATHS; i++) {
        MMDB_entry_data_s data;
        bool is_wanted = (layout >> i & 1) && !(done >> paths[i].value & 1);
        if (is_wanted && get(entry, &paths[i], &data) && take(found, paths[i].value, &data)) {
            hits |= 1u << i;
            done |= 1u << paths[i].value;
        }
    }
    return hits;
}

/* ---- opening ---- */

static void
fail(struct camwatch_error *error, const char *path, const char *why)
{
    (void)snprintf(error->text, sizeof(error->text), "%.300s: %.150s", path, why);
}

static bool
copy_bytes(int from, int to)
{
    char buffer[65536];
    for (;;) {
        ssize_t n = read(from, buffer, sizeof(buffer));
        if (n == 0) {
            return true;
        }
        for (ssize_t at = 0; at < n;) {
            ssize_t written = write(to, buffer + at, (size_t)(n - at));
            if (written < 0 && errno != EINTR) {
                return false;
            }
            at += written > 0 ? written : 0;
        }
        if (n < 0 && errno != EINTR) {
            return false;
        }
    }
}

/** A sealed copy of a file, or -1. */
static int
copy_sealed(int from)
{
    int copy = memfd_create("camwatch-geo", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (copy < 0) {
        return -1;
    }
    int seals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
    if (!copy_bytes(from, copy) || fcntl(copy, F_ADD_SEALS, seals) != 0) {
        (void)close(copy);
        return -1;
    }
    return copy;
}

/* From a copy, never from the file itself: whoever cuts that short would end us with SIGBUS. */
static const char *
open_db(int from, const struct stat *info, MMDB_s *db)
{
    char name[32];
    if (info->st_size > (off_t)MAX_COPY) {
        return "larger than 512 MiB";
    }
    int copy = copy_sealed(from);
    if (copy < 0) {
        return "cannot be copied into memory";
    }
    (void)snprintf(name, sizeof(name), "/proc/self/fd/%d", copy);
    int status = MMDB_open(name, MMDB_MODE_MMAP, db);
    (void)close(copy); /* the mapping stays */
    return status == MMDB_SUCCESS ? NULL : MMDB_strerror(status);
}

static void
probe_side(struct cw_mmdb *mmdb, unsigned type, const MMDB_entry_s *entry, unsigned *entries)
{
    struct found ignored = {.has_latitude = false};
    if (type == MMDB_RECORD_TYPE_DATA) {
        ++*entries;
        mmdb->layout |= read_entry(entry, UINT32_MAX, &ignored);
    }
}

/* Nodes all over the tree: small files are seen whole, large ones in samples. */
static const char *
probe(struct cw_mmdb *mmdb)
{
    uint32_t count = mmdb->db.metadata.node_count;
    uint32_t samples = count < PROBED_NODES ? count : PROBED_NODES;
    unsigned entries = 0;
    for (uint32_t i = 0; i < samples; i++) {
        MMDB_search_node_s node;
        uint32_t number = (uint32_t)((uint64_t)i * count / samples);
        int status = MMDB_read_node(&mmdb->db, number, &node);
        if (status != MMDB_SUCCESS) {
            return MMDB_strerror(status);
        }
        probe_side(mmdb, node.left_record_type, &node.left_record_entry, &entries);
        probe_side(mmdb, node.right_record_type, &node.right_record_entry, &entries);
    }
    if (entries == 0) {
        return "holds no entries";
    }
    return mmdb->layout ? NULL
                        : "holds neither countries nor cities nor autonomous systems that "
                          "camwatch can read";
}

static const char *
describe(const MMDB_metadata_s *meta)
{
    for (size_t i = 0; i < meta->description.count; i++) {
        const MMDB_description_s *d = meta->description.descriptions[i];
        if (strcmp(d->language, "en") == 0) {
            return d->description;
        }
    }
    return meta->description.count ? meta->description.descriptions[0]->description : "";
}

/* "... licence NAME; ..." in the description, or the licence that goes with the type. */
static void
read_licence(struct cw_mmdb *mmdb)
{
    static const struct {
        const char *type, *licence;
    } known[] = {{"GeoLite2", "GeoLite2 EULA"},
                 {"DBIP-Country-Lite", "CC BY 4.0"},
                 {"DBIP-City-Lite", "CC BY 4.0"},
                 {"DBIP-ASN-Lite", "CC BY 4.0"}};

    const char *text = describe(&mmdb->db.metadata);
    static const char *const words[] = {"licence ", "license ", "licence: ", "license: "};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        ptrdiff_t at = cw_text_find_nocase(cw_bytes_text(text), cw_bytes_text(words[i]));
        if (at >= 0) {
            const char *name = text + at + strlen(words[i]);
            cw_text_copy(mmdb->licence, sizeof(mmdb->licence),
                         cw_bytes(name, strcspn(name, ";,\n")));
        }
    }
    for (size_t i = 0; !mmdb->licence[0] && i < sizeof(known) / sizeof(known[0]); i++) {
        if (strncmp(mmdb->type, known[i].type, strlen(known[i].type)) == 0) {
            cw_text_set(mmdb->licence, sizeof(mmdb->licence), known[i].licence);
        }
    }
}

/* "... data of 2026-06-25": what was made yesterday may rest on old data. */
static int64_t
read_date(const MMDB_metadata_s *meta)
{
    static const char words[] = "data of ";
    const char *text = describe(meta);
    ptrdiff_t at = cw_text_find(cw_bytes_text(text), cw_bytes_text(words));
    struct tm day = {0};
    const char *date = at >= 0 ? text + at + strlen(words) : "";
    if (strptime(date, "%Y-%m-%d", &day) != NULL) {
        return (int64_t)timegm(&day) * SECOND_NS;
    }
    return (int64_t)(meta->build_epoch % 4000000000u) * SECOND_NS;
}

static struct cw_mmdb *
open_file(const char *path, int fd, const struct stat *info, struct camwatch_error *error)
{
    struct cw_mmdb *mmdb = calloc(1, sizeof(*mmdb));
    char *copy = strdup(path);
    if (!mmdb || !copy) {
        free(mmdb);
        free(copy);
        fail(error, path, "out of memory");
        return NULL;
    }
    mmdb->path = copy;
    const char *problem = open_db(fd, info, &mmdb->db);
    if (problem) {
        fail(error, path, problem);
        free(copy);
        free(mmdb);
        return NULL;
    }
    cw_text_set(mmdb->type, sizeof(mmdb->type), mmdb->db.metadata.database_type);
    read_licence(mmdb);
    mmdb->built_ns = read_date(&mmdb->db.metadata);
    const char *wrong = probe(mmdb);
    if (wrong) {
        fail(error, path, wrong);
        cw_mmdb_close(mmdb);
        return NULL;
    }
    return mmdb;
}

struct cw_mmdb *
cw_mmdb_open(const char *path, struct camwatch_error *error, struct camwatch_error *warning)
{
    error->text[0] = warning->text[0] = '\0';
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat info;
    if (fd < 0) {
        fail(error, path, strerror(errno));
        return NULL;
    }
    struct cw_mmdb *mmdb = NULL;
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        fail(error, path, "no regular file");
    } else {
        mmdb = open_file(path, fd, &info, error);
    }
    (void)close(fd);
    if (mmdb && (info.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        fail(warning, path,
             "others than its owner may write it; chmod go-w, for it is trusted input");
    }
    return mmdb;
}

void
cw_mmdb_close(struct cw_mmdb *mmdb)
{
    if (mmdb) {
        MMDB_close(&mmdb->db);
        free(mmdb->path);
        free(mmdb);
    }
}

/* ---- looking up ---- */

static MMDB_lookup_result_s
find(const MMDB_s *db, const struct cw_addr *addr, int *status)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } to;

    memset(&to, 0, sizeof(to));
    if (cw_addr_is_v4(addr)) {
        to.v4.sin_family = AF_INET;
        memcpy(&to.v4.sin_addr, addr->b + 12, 4);
    } else {
        to.v6.sin6_family = AF_INET6;
        memcpy(&to.v6.sin6_addr, addr->b, 16);
    }
    return MMDB_lookup_sockaddr(db, &to.any, status);
}

/* "-12.5000,130.8400", the same in every locale. */
static void
format_location(const struct found *found, char out[32])
{
    const double both[] = {found->latitude, found->longitude};
    size_t len = 0;
    for (unsigned i = 0; i < 2; i++) {
        bool is_negative = both[i] < 0;
        unsigned long scaled =
            (unsigned long)((is_negative ? -both[i] : both[i]) * 10000.0 + 0.5);
        int n = snprintf(out + len, 32 - len, "%s%s%lu.%04lu", i ? "," : "",
                         is_negative ? "-" : "", scaled / 10000, scaled % 10000);
        len += n > 0 ? (size_t)n : 0;
    }
}

static void
fill_text(char *out, size_t size, const char *text)
{
    if (out[0] == '\0') {
        cw_text_set(out, size, text);
    }
}

static void
fill_place(struct cw_place *place, struct found *found)
{
    bool is_registered = found->place.country[0] == '\0' && found->registered[0] != '\0';
    const char *country = is_registered ? found->registered : found->place.country;
    if (place->country[0] == '\0' && country[0] != '\0') {
        cw_text_set(place->country, sizeof(place->country), country);
        place->is_registered = is_registered;
    }
    if (place->location[0] == '\0' && found->has_latitude && found->has_longitude) {
        format_location(found, place->location);
    }
    fill_text(place->city, sizeof(place->city), found->place.city);
    if (place->asn == 0 && found->place.asn != 0) { /* number and name of one file */
        place->asn = found->place.asn;
        cw_text_set(place->as_org, sizeof(place->as_org), found->place.as_org);
    }
}

bool
cw_mmdb_lookup(const struct cw_mmdb *mmdb, const struct cw_addr *addr, struct cw_place *place)
{
    if (mmdb->db.metadata.ip_version == 4 && !cw_addr_is_v4(addr)) {
        return true;
    }
    int status;
    MMDB_lookup_result_s result = find(&mmdb->db, addr, &status);
    if (status != MMDB_SUCCESS || !result.found_entry) {
        return status == MMDB_SUCCESS;
    }
    struct found found;
    memset(&found, 0, sizeof(found));
    (void)read_entry(&result.entry, mmdb->layout, &found);
    fill_place(place, &found);
    return true;
}

struct camwatch_geo_source
cw_mmdb_source(const struct cw_mmdb *mmdb)
{
    return (struct camwatch_geo_source){
        .size = sizeof(struct camwatch_geo_source),
        .path = mmdb->path,
        .type = mmdb->type,
        .licence = mmdb->licence,
        .built_ns = mmdb->built_ns,
    };
}
