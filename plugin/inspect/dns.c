/* SPDX-License-Identifier: Apache-2.0 */
#include "inspect/dns.h"

#include <stdio.h>

#include "base/cursor.h"
#include "base/text.h"

enum {
    HEADER_LEN = 12,
    CLASS_IN = 1,
    CLASS_MASK = 0x7fff, /* the top bit is mDNS's cache-flush or unicast-response */
    FLAG_ANSWER = 0x8000,
    FLAG_CUT = 0x0200,
    OPCODE_MASK = 0x7800,
    RCODE_MASK = 0x000f,
    LABEL_MAX = 63,
    RECORDS_MAX = 64, /* of an answer section that are looked at */
    PASSES_MAX = 8,
};

struct record {
    size_t owner_at; /* offsets into the message, for compressed names */
    size_t rdata_at;
    uint16_t type; /* 0: not of class IN */
    uint32_t ttl;
    struct cw_bytes rdata;
};

struct records {
    size_t n;
    bool is_cut;
    struct record at[RECORDS_MAX];
};

static char
printable(uint8_t byte)
{
    if (byte >= 'A' && byte <= 'Z') {
        return (char)(byte | 0x20);
    }
    return byte > ' ' && byte < 0x7f && byte != '.' ? (char)byte : '?';
}

/* Adds a label to a name; false when it would grow too long. The root adds nothing. */
static bool
add_label(char *name, size_t *used, struct cw_bytes label)
{
    size_t dot = *used > 0 && label.len > 0;
    if (*used + dot + label.len >= CW_DNS_NAME_MAX) {
        return false;
    }
    if (dot) {
        name[(*used)++] = '.';
    }
    for (size_t i = 0; i < label.len; i++) {
        name[(*used)++] = printable(label.ptr[i]);
    }
    name[*used] = '\0';
    return true;
}

/*
 * Read the name at *at and move behind it. A pointer must lead in front of where the part that
 * holds it began, so every jump goes backwards and the walk ends.
 */
static bool
read_name(struct cw_bytes message, size_t *at, char out[CW_DNS_NAME_MAX])
{
    size_t pos = *at, limit = *at, used = 0;
    bool jumped = false;
    out[0] = '\0';
    for (;;) {
        struct cw_cursor c = cw_cursor(cw_bytes_from(message, pos));
        uint8_t len = cw_cursor_u8(&c);
        if (len > LABEL_MAX) {
            size_t target = (size_t)(len & 0x3f) << 8 | cw_cursor_u8(&c);
            if (!cw_cursor_ok(&c) || (len & 0xc0) != 0xc0 || target >= limit) {
                return false;
            }
            *at = jumped ? *at : pos + 2;
            jumped = true;
            pos = limit = target;
            continue;
        }
        struct cw_bytes label = cw_cursor_take(&c, len);
        if (!cw_cursor_ok(&c) || !add_label(out, &used, label)) {
            return false;
        }
        pos += 1 + (size_t)len;
        if (len == 0) {
            *at = jumped ? *at : pos;
            return true;
        }
    }
}

static bool
read_question(struct cw_bytes message, size_t *at, char name[CW_DNS_NAME_MAX], uint16_t *qtype)
{
    if (!read_name(message, at, name)) {
        return false;
    }
    struct cw_cursor c = cw_cursor(cw_bytes_from(message, *at));
    *qtype = cw_cursor_be16(&c);
    uint16_t class = cw_cursor_be16(&c);
    *at += 4;
    return cw_cursor_ok(&c) && (class & CLASS_MASK) == CLASS_IN;
}

static bool
read_record(struct cw_bytes message, size_t *at, struct record *out)
{
    char owner[CW_DNS_NAME_MAX];
    size_t start = *at, pos = *at;
    if (!read_name(message, &pos, owner)) {
        return false;
    }
    struct cw_cursor c = cw_cursor(cw_bytes_from(message, pos));
    uint16_t type = cw_cursor_be16(&c);
    uint16_t class = cw_cursor_be16(&c) & CLASS_MASK;
    uint32_t ttl = cw_cursor_be32(&c);
    uint16_t len = cw_cursor_be16(&c);
    struct cw_bytes rdata = cw_cursor_take(&c, len);
    if (!cw_cursor_ok(&c)) {
        return false;
    }
    *out = (struct record){.owner_at = start,
                           .rdata_at = pos + 10,
                           .type = class == CLASS_IN ? type : 0,
                           .ttl = ttl > INT32_MAX ? 0 : ttl, /* RFC 2181 8 */
                           .rdata = rdata};
    *at = pos + 10 + len;
    return true;
}

static void
read_records(struct cw_bytes message, size_t at, unsigned count, struct records *out)
{
    out->n = 0;
    while (out->n < count && out->n < RECORDS_MAX) {
        if (!read_record(message, &at, &out->at[out->n])) {
            break;
        }
        out->n++;
    }
    out->is_cut = out->n < count;
}

static bool
is_address(const struct record *r)
{
    return (r->type == CW_DNS_A && r->rdata.len == 4) ||
           (r->type == CW_DNS_AAAA && r->rdata.len == 16);
}

static void
add_address(const struct record *r, struct cw_dns_message *out)
{
    if (out->n_addresses == CW_DNS_ADDRESSES) {
        out->is_cut = true;
        return;
    }
    struct cw_dns_address *a = &out->address[out->n_addresses++];
    a->addr = r->type == CW_DNS_A ? cw_addr_v4(r->rdata.ptr) : cw_addr_v6(r->rdata.ptr);
    a->ttl = r->ttl;
}

/* One pass: addresses of the name, or where its CNAME leads. True when it moved on. */
static bool
resolve_once(struct cw_bytes message, const struct records *records, char name[CW_DNS_NAME_MAX],
             struct cw_dns_message *out)
{
    bool moved = false;
    char owner[CW_DNS_NAME_MAX], target[CW_DNS_NAME_MAX];
    for (size_t i = 0; i < records->n; i++) {
        const struct record *r = &records->at[i];
        size_t owner_at = r->owner_at, target_at = r->rdata_at;
        if ((r->type != CW_DNS_CNAME && !is_address(r)) ||
            !read_name(message, &owner_at, owner) || strcmp(owner, name) != 0) {
            continue;
        }
        if (r->type != CW_DNS_CNAME) {
            add_address(r, out);
        } else if (read_name(message, &target_at, target)) {
            memcpy(name, target, sizeof(target));
            moved = true;
        }
    }
    return moved;
}

/* Answers usually stand in the order of the chain (RFC 1034 4.3.2): then one pass is enough. */
static void
resolve(struct cw_bytes message, const struct records *records, struct cw_dns_message *out)
{
    char name[CW_DNS_NAME_MAX];
    memcpy(name, out->name, sizeof(name));
    for (unsigned pass = 0; pass < PASSES_MAX; pass++) {
        bool moved = resolve_once(message, records, name, out);
        if (!moved || out->n_addresses > 0) {
            break;
        }
    }
}

static bool
is_nowhere(const struct cw_addr *a)
{
    static const struct cw_addr any, loopback6 = {.b = {[15] = 1}};
    if (!cw_addr_is_v4(a)) {
        return cw_addr_equal(a, &any) || cw_addr_equal(a, &loopback6);
    }
    return a->b[12] == 127 || memcmp(a->b + 12, any.b, 4) == 0;
}

static bool
is_localhost(const char *name)
{
    size_t len = strlen(name);
    static const char local[] = "localhost";
    size_t tail = sizeof(local) - 1;
    return len >= tail && strcmp(name + len - tail, local) == 0 &&
           (len == tail || name[len - tail - 1] == '.');
}

static bool
is_sinkholed(const struct cw_dns_message *m)
{
    for (size_t i = 0; i < m->n_addresses; i++) {
        if (!is_nowhere(&m->address[i].addr)) {
            return false;
        }
    }
    return m->n_addresses > 0 && !is_localhost(m->name);
}

/* mDNS answers have no question (RFC 6762 6): the owner of the first address stands for it. */
static void
name_by_owner(struct cw_bytes message, const struct records *records,
              struct cw_dns_message *out)
{
    for (size_t i = 0; i < records->n; i++) {
        size_t at = records->at[i].owner_at;
        if (is_address(&records->at[i]) && read_name(message, &at, out->name)) {
            out->qtype = records->at[i].type;
            return;
        }
    }
}

static bool
read_questions(struct cw_bytes message, unsigned count, size_t *at, struct cw_dns_message *out)
{
    char other[CW_DNS_NAME_MAX];
    uint16_t other_type;
    for (unsigned i = 0; i < count; i++) {
        bool is_first = i == 0;
        if (!read_question(message, at, is_first ? out->name : other,
                           is_first ? &out->qtype : &other_type)) {
            return false;
        }
    }
    return true;
}

static void
read_answers(struct cw_bytes message, size_t at, unsigned count, struct cw_dns_message *out)
{
    struct records records;
    read_records(message, at, count, &records);
    out->is_cut |= records.is_cut;
    if (out->name[0] == '\0') {
        name_by_owner(message, &records, out);
    }
    resolve(message, &records, out);
    out->is_sinkholed = is_sinkholed(out);
}

enum cw_dns_kind
cw_dns_kind_of_port(uint16_t port)
{
    switch (port) {
    case CW_DNS_PORT:
        return CW_DNS_UNICAST;
    case CW_MDNS_PORT:
        return CW_DNS_MDNS;
    case CW_LLMNR_PORT:
        return CW_DNS_LLMNR;
    default:
        return CW_DNS_NONE;
    }
}

bool
cw_dns_parse(struct cw_bytes message, enum cw_dns_kind kind, struct cw_dns_message *out)
{
    struct cw_cursor c = cw_cursor(message);
    struct cw_dns_message m = {.id = cw_cursor_be16(&c)};
    uint16_t flags = cw_cursor_be16(&c);
    uint16_t questions = cw_cursor_be16(&c), answers = cw_cursor_be16(&c);
    cw_cursor_skip(&c, 4); /* authority and additional records */
    size_t at = HEADER_LEN;
    if (!cw_cursor_ok(&c) || (flags & OPCODE_MASK) || (kind != CW_DNS_MDNS && questions != 1)) {
        return false;
    }
    m.is_answer = (flags & FLAG_ANSWER) != 0;
    m.is_cut = (flags & FLAG_CUT) != 0;
    m.rcode = flags & RCODE_MASK;
    if (!read_questions(message, questions, &at, &m)) {
        return false;
    }
    if (m.is_answer) {
        read_answers(message, at, answers, &m);
    }
    *out = m;
    return true;
}

struct cw_bytes
cw_dns_next_of_tcp(struct cw_bytes *stream)
{
    struct cw_cursor c = cw_cursor(*stream);
    uint16_t len = cw_cursor_be16(&c);
    struct cw_bytes message = cw_cursor_take(&c, len);
    if (cw_cursor_ok(&c)) {
        *stream = cw_cursor_rest(&c);
    }
    return message;
}
