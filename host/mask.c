/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "mask.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "store.h"

enum { KEPT = 4, SHORTEST = 6, RING = 8, BUCKETS = 4096 };

/* What is not shown as it is. Found by its first four characters, the longest first. */
struct secret {
    const char *text;  /* in the mask's store */
    const char *shown; /* instead of it; NULL: cut */
    size_t len;
    struct secret *next;
};

struct cw_mask {
    struct secret *buckets[BUCKETS];
    struct cw_store *texts;
    const struct cw_hash_key *key;
    size_t at;
    bool reveals, is_utf8;
    struct cw_buffer ring[RING], cut;
};

static size_t
bucket_of(const char *text)
{
    size_t hash = 0;
    for (size_t i = 0; i < KEPT && text[i] != '\0'; i++) {
        hash = hash * 31 + (size_t)tolower((unsigned char)text[i]);
    }
    return hash % BUCKETS;
}

static void
add_secret(struct cw_mask *mask, const char *text, const char *shown)
{
    size_t len = strlen(text);
    if (len < SHORTEST || cw_store_find(mask->texts, text) != (size_t)-1) {
        return;
    }
    struct secret *secret = calloc(1, sizeof(*secret)), **at = &mask->buckets[bucket_of(text)];
    if (!secret) {
        abort();
    }
    secret->text = cw_store_text(mask->texts, text);
    secret->shown = shown ? cw_store_text(mask->texts, shown) : NULL;
    secret->len = len;
    cw_store_set(mask->texts, text, 1);
    while (*at && (*at)->len >= len) {
        at = &(*at)->next;
    }
    secret->next = *at;
    *at = secret;
}

struct cw_mask *
cw_mask_new(bool reveals, bool is_utf8)
{
    struct cw_mask *mask = calloc(1, sizeof(*mask));
    if (!mask) {
        abort();
    }
    mask->texts = cw_store_new();
    mask->reveals = reveals;
    mask->is_utf8 = is_utf8;
    return mask;
}

void
cw_mask_add(struct cw_mask *mask, const char *id)
{
    if (!mask->reveals) {
        add_secret(mask, id, NULL);
    }
}

void
cw_mask_free(struct cw_mask *mask)
{
    for (size_t i = 0; i < BUCKETS; i++) {
        for (struct secret *next, *secret = mask->buckets[i]; secret; secret = next) {
            next = secret->next;
            free(secret);
        }
    }
    for (size_t i = 0; i < RING; i++) {
        cw_buffer_free(&mask->ring[i]);
    }
    cw_buffer_free(&mask->cut);
    cw_store_free(mask->texts);
    free(mask);
}

void
cw_mask_set_key(struct cw_mask *mask, const struct cw_hash_key *key)
{
    mask->key = key;
}

void
cw_mask_replace(struct cw_mask *mask, const char *address, const char *shown)
{
    add_secret(mask, address, shown);
}

/* 192.0.2.1 is not in 192.0.2.10, 2.1 or 192.0.2.1.5; fe80::1 is not in fe80::1:2. */
static bool
stands_alone(const struct secret *secret, const char *text, size_t at)
{
    const char *after = text + at + secret->len;
    bool has_colon = strchr(secret->text, ':') != NULL;
    if (isalnum((unsigned char)after[0]) || (has_colon && after[0] == ':') ||
        (after[0] == '.' && isdigit((unsigned char)after[1]))) {
        return false;
    }
    if (at == 0) {
        return true;
    }
    char before = text[at - 1];
    bool is_number = before == '.' && at > 1 && isdigit((unsigned char)text[at - 2]);
    return !isalnum((unsigned char)before) && !is_number && !(has_colon && before == ':');
}

static const struct secret *
secret_at(const struct cw_mask *mask, const char *text, size_t at)
{
    for (const struct secret *s = mask->buckets[bucket_of(text + at)]; s; s = s->next) {
        if (strncasecmp(text + at, s->text, s->len) == 0 &&
            (!s->shown || stands_alone(s, text, at))) {
            return s;
        }
    }
    return NULL;
}

/* Show in pieces: what the dots are written with must not be taken for text from the wire. */
static void
show_part(struct cw_mask *mask, struct cw_buffer *out, const char *text, size_t len)
{
    mask->cut.len = 0;
    cw_buffer_add(&mask->cut, text, len);
    cw_buffer_show(out, mask->cut.text, mask->is_utf8);
}

static struct cw_buffer *
next_buffer(struct cw_mask *mask)
{
    struct cw_buffer *out = &mask->ring[mask->at++ % RING];
    out->len = 0;
    cw_buffer_add(out, "", 0);
    return out;
}

/* "ABCD…" or "ABCD…#1f2e3d4c". Letters are folded: protocols write the same id in both cases. */
static void
show_cut(struct cw_mask *mask, struct cw_buffer *out, const char *id, size_t len)
{
    struct cw_buffer folded = {.text = NULL};
    show_part(mask, out, id, KEPT);
    cw_buffer_print(out, "%s", mask->is_utf8 ? "…" : "...");
    if (!mask->key) {
        return;
    }
    cw_buffer_add(&folded, id, len);
    for (size_t i = 0; i < len; i++) {
        folded.text[i] = (char)tolower((unsigned char)folded.text[i]);
    }
    cw_buffer_print(out, "#%08x", (unsigned)cw_keyed_hash(mask->key, folded.text, len));
    cw_buffer_free(&folded);
}

const char *
cw_mask_show(struct cw_mask *mask, const char *text)
{
    struct cw_buffer *out = next_buffer(mask);
    size_t from = 0, at = 0;
    while (text[at] != '\0') {
        const struct secret *secret = secret_at(mask, text, at);
        if (!secret) {
            at++;
            continue;
        }
        show_part(mask, out, text + from, at - from);
        if (secret->shown) {
            cw_buffer_add(out, secret->shown, strlen(secret->shown));
        } else {
            show_cut(mask, out, text + at, secret->len);
        }
        at += secret->len;
        from = at;
    }
    show_part(mask, out, text + from, at - from);
    return cw_buffer_text(out);
}

const char *
cw_mask_id(struct cw_mask *mask, const char *id)
{
    if (mask->reveals || strlen(id) <= KEPT) {
        return cw_mask_show(mask, id);
    }
    struct cw_buffer *out = next_buffer(mask);
    show_cut(mask, out, id, strlen(id));
    return cw_buffer_text(out);
}
