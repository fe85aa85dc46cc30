/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "server/page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <microhttpd.h>
#include <zlib.h>

#include "server/assets.h"
#include "server/reply.h"

enum { ETAG_MAX = 48, GZIP_WINDOW = 15 + 16, LEAST_GAIN = 128 };

struct page {
    const char *path;
    char etag[ETAG_MAX];                 /* with its quotes */
    struct MHD_Response *plain, *packed; /* packed: NULL where it gains nothing */
};

struct cw_pages {
    struct page *pages; /* owned */
    size_t n;
    struct MHD_Response *unchanged;
};

static const char *
type_of(const char *path)
{
    static const char *const types[][2] = {
        {".html", "text/html; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".ico", "image/x-icon"},
        {".json", "application/json"},
        {".txt", "text/plain; charset=utf-8"},
        {".webmanifest", "application/manifest+json"},
    };
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < sizeof(types) / sizeof(*types); i++) {
        if (strcmp(dot, types[i][0]) == 0) {
            return types[i][1];
        }
    }
    return "application/octet-stream";
}

/* Given: free() it. NULL where there is nothing to gain, or no memory. */
static unsigned char *
pack(const struct cw_asset *asset, size_t *len)
{
    z_stream z = {.next_in = (z_const Bytef *)(uintptr_t)asset->bytes,
                  .avail_in = (uInt)asset->len};
    if (asset->len <= LEAST_GAIN || deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED,
                                                 GZIP_WINDOW, 9, Z_DEFAULT_STRATEGY) != Z_OK) {
        return NULL;
    }
    size_t room = asset->len - LEAST_GAIN;
    unsigned char *out = malloc(room);
    z.next_out = out;
    z.avail_out = (uInt)room;
    bool is_smaller = out && deflate(&z, Z_FINISH) == Z_STREAM_END;
    *len = room - z.avail_out;
    (void)deflateEnd(&z);
    if (!is_smaller) {
        free(out);
        return NULL;
    }
    return out;
}

static void
add_headers(struct MHD_Response *response, const struct page *page)
{
    cw_reply_headers(response, type_of(page->path), "no-cache");
    (void)MHD_add_response_header(response, "ETag", page->etag);
    (void)MHD_add_response_header(response, "Vary", "Accept-Encoding");
}

static bool
init_page(struct page *page, const struct cw_asset *asset)
{
    size_t len = 0;
    page->path = asset->path;
    (void)snprintf(page->etag, sizeof(page->etag), "\"%s\"", asset->etag);
    page->plain = MHD_create_response_from_buffer(asset->len, (void *)(uintptr_t)asset->bytes,
                                                  MHD_RESPMEM_PERSISTENT);
    if (!page->plain) {
        return false;
    }
    add_headers(page->plain, page);
    unsigned char *packed = pack(asset, &len);
    if (packed) {
        page->packed = MHD_create_response_from_buffer(len, packed, MHD_RESPMEM_MUST_FREE);
    }
    if (packed && !page->packed) {
        free(packed);
    }
    if (page->packed) {
        add_headers(page->packed, page);
        (void)MHD_add_response_header(page->packed, "Content-Encoding", "gzip");
    }
    return true;
}

static size_t
count_assets(void)
{
    size_t n = 0;
    while (cw_assets[n].path) {
        n++;
    }
    return n;
}

struct cw_pages *
cw_pages_new(void)
{
    struct cw_pages *pages = calloc(1, sizeof(*pages));
    if (!pages) {
        return NULL;
    }
    size_t n = count_assets();
    pages->pages = calloc(n + 1, sizeof(*pages->pages));
    pages->unchanged =
        MHD_create_response_from_buffer(0, (void *)(uintptr_t) "", MHD_RESPMEM_PERSISTENT);
    bool is_good = pages->pages && pages->unchanged;
    for (size_t i = 0; i < n && is_good; i++) {
        is_good = init_page(&pages->pages[pages->n++], &cw_assets[i]);
    }
    if (!is_good) {
        cw_pages_free(pages);
        return NULL;
    }
    return pages;
}

void
cw_pages_free(struct cw_pages *pages)
{
    if (!pages) {
        return;
    }
    for (size_t i = 0; i < pages->n; i++) {
        if (pages->pages[i].plain) {
            MHD_destroy_response(pages->pages[i].plain);
        }
        if (pages->pages[i].packed) {
            MHD_destroy_response(pages->pages[i].packed);
        }
    }
    if (pages->unchanged) {
        MHD_destroy_response(pages->unchanged);
    }
    free(pages->pages);
    free(pages);
}

static const struct page *
find(const struct cw_pages *pages, const char *path)
{
    const char *wanted = strcmp(path, "/") == 0 ? "/index.html" : path;
    for (size_t i = 0; i < pages->n; i++) {
        if (strcmp(pages->pages[i].path, wanted) == 0) {
            return &pages->pages[i];
        }
    }
    return NULL;
}

bool
cw_pages_answer(const struct cw_pages *pages, struct MHD_Connection *connection,
                const char *path)
{
    const struct page *page = find(pages, path);
    if (!page) {
        return false;
    }
    const char *known = cw_request_header(connection, "If-None-Match");
    const char *codings = cw_request_header(connection, "Accept-Encoding");
    bool takes_gzip = codings && strstr(codings, "gzip") && !strstr(codings, "gzip;q=0");
    if (known && strstr(known, page->etag)) {
        (void)MHD_queue_response(connection, MHD_HTTP_NOT_MODIFIED, pages->unchanged);
    } else {
        (void)MHD_queue_response(connection, MHD_HTTP_OK,
                                 takes_gzip && page->packed ? page->packed : page->plain);
    }
    return true;
}
