/* SPDX-License-Identifier: Apache-2.0 */
#include "inspect/tls.h"

#include "base/cursor.h"
#include "base/text.h"

enum { /* RFC 8446 4, 4.2, 5.1 */
       RECORD_HANDSHAKE = 22,
       RECORD_MAX = 16384 + 2048,
       CLIENT_HELLO = 1,
       SERVER_HELLO = 2,
       CERTIFICATE = 11,
       TLS_1_3 = 0x0304,
       EXT_SERVER_NAME = 0,
       EXT_ALPN = 16,
       EXT_SUPPORTED_VERSIONS = 43,
       EXT_ECH = 0xfe0d,
       EXT_ESNI = 0xffce,
       RANDOM_LEN = 32,
};

/* The bytes of the handshake records, joined. */
struct handshake {
    size_t len;
    bool is_over; /* another kind of record follows: nothing more in clear */
    uint8_t bytes[CW_TLS_HANDSHAKE_MAX];
};

struct message {
    uint8_t type;
    bool is_whole;
    struct cw_bytes body; /* as far as it is there */
};

static bool
is_record(uint8_t type, uint16_t version, uint16_t len)
{
    return type == RECORD_HANDSHAKE && version >= 0x0300 && version <= TLS_1_3 && len > 0 &&
           len <= RECORD_MAX;
}

/* What there is of a first record header could be one. */
static bool
may_start(struct cw_bytes in)
{
    struct cw_bytes head = cw_bytes_head(in, 2);
    return in.len > 0 && cw_bytes_equal(head, cw_bytes("\x16\x03", head.len));
}

static void
gather(struct cw_bytes start, struct handshake *out)
{
    struct cw_cursor c = cw_cursor(start);
    out->len = 0;
    out->is_over = false;
    while (cw_cursor_left(&c) >= 5 && out->len < sizeof(out->bytes)) {
        uint8_t type = cw_cursor_u8(&c);
        uint16_t version = cw_cursor_be16(&c);
        uint16_t len = cw_cursor_be16(&c);
        if (!is_record(type, version, len)) {
            out->is_over = true;
            break;
        }
        size_t there = len < cw_cursor_left(&c) ? len : cw_cursor_left(&c);
        struct cw_bytes part = cw_cursor_take(&c, there);
        part = cw_bytes_head(part, sizeof(out->bytes) - out->len);
        memcpy(out->bytes + out->len, part.ptr, part.len);
        out->len += part.len;
    }
}

/* The next handshake message, perhaps a part; false when not even its head is there. */
static bool
next_message(struct cw_cursor *c, struct message *out)
{
    if (cw_cursor_left(c) < 4) {
        return false;
    }
    out->type = cw_cursor_u8(c);
    uint32_t len = cw_cursor_be24(c);
    out->is_whole = len <= cw_cursor_left(c);
    out->body = cw_cursor_take(c, out->is_whole ? len : cw_cursor_left(c));
    return true;
}

static struct cw_bytes
take_vector8(struct cw_cursor *c)
{
    uint8_t len = cw_cursor_u8(c);
    return cw_cursor_take(c, len);
}

static struct cw_bytes
take_vector16(struct cw_cursor *c)
{
    uint16_t len = cw_cursor_be16(c);
    return cw_cursor_take(c, len);
}

/* RFC 6066 3: a list of names, of which the host name (type 0) counts. */
static void
read_server_name(struct cw_bytes in, struct cw_tls_info *out)
{
    struct cw_cursor c = cw_cursor(in);
    cw_cursor_skip(&c, 2);
    uint8_t type = cw_cursor_u8(&c);
    struct cw_bytes name = take_vector16(&c);
    if (!cw_cursor_ok(&c) || type != 0 || !cw_text_is_printable(name) ||
        name.len >= sizeof(out->server_name)) {
        return;
    }
    name.len -= name.ptr[name.len - 1] == '.';
    cw_text_copy(out->server_name, sizeof(out->server_name), name);
    cw_text_lower(out->server_name);
}

static void
read_alpn(struct cw_bytes in, struct cw_tls_info *out)
{
    struct cw_cursor c = cw_cursor(in);
    cw_cursor_skip(&c, 2);
    struct cw_bytes first = take_vector8(&c);
    if (cw_text_is_printable(first)) { /* GREASE is not (RFC 8701) */
        cw_text_copy(out->alpn, sizeof(out->alpn), first);
    }
}

static bool
is_version(uint16_t version)
{
    return version >= 0x0300 && version <= TLS_1_3; /* no GREASE, no drafts */
}

/* RFC 8446 4.2.1: a list of the client's, one of the server's. */
static void
read_versions(struct cw_bytes in, struct cw_tls_info *out)
{
    struct cw_cursor c = cw_cursor(in);
    cw_cursor_skip(&c, out->is_client ? 1 : 0);
    while (cw_cursor_left(&c) >= 2) {
        uint16_t version = cw_cursor_be16(&c);
        if (is_version(version) && version > out->version) {
            out->version = version;
        }
    }
}

static void
read_extensions(struct cw_bytes in, struct cw_tls_info *out)
{
    struct cw_cursor c = cw_cursor(in);
    for (;;) {
        uint16_t type = cw_cursor_be16(&c);
        struct cw_bytes data = take_vector16(&c);
        if (!cw_cursor_ok(&c)) {
            return;
        }
        if (type == EXT_SERVER_NAME && out->is_client) {
            read_server_name(data, out);
        } else if (type == EXT_ALPN) {
            read_alpn(data, out);
        } else if (type == EXT_SUPPORTED_VERSIONS) {
            read_versions(data, out);
        } else if (type == EXT_ECH || type == EXT_ESNI) {
            out->has_ech = out->is_client;
        }
    }
}

/* Both hellos up to the extensions; false when it is none, or not so much of it is there. */
static bool
read_hello(const struct message *hello, struct cw_tls_info *out)
{
    struct cw_cursor c = cw_cursor(hello->body);
    out->version = cw_cursor_be16(&c);
    cw_cursor_skip(&c, RANDOM_LEN);
    (void)take_vector8(&c); /* session */
    if (out->is_client) {
        (void)take_vector16(&c); /* cipher suites */
        (void)take_vector8(&c);  /* compression methods */
    } else {
        cw_cursor_skip(&c, 3);
    }
    if (!cw_cursor_ok(&c) || !is_version(out->version)) {
        return false;
    }
    uint16_t len = cw_cursor_be16(&c); /* 0 where there are no extensions at all */
    read_extensions(cw_bytes_head(cw_cursor_rest(&c), len), out);
    return true;
}

static enum cw_start
inspect_client(const struct message *hello, struct cw_tls_info *out)
{
    out->is_client = true;
    bool is_good = read_hello(hello, out);
    if (!hello->is_whole) {
        return CW_START_MORE;
    }
    return is_good ? CW_START_FOUND : CW_START_OTHER;
}

/* RFC 5246 7.4.2: the first certificate of the list. */
static enum cw_start
inspect_certificate(const struct message *message, struct cw_tls_info *out)
{
    struct cw_cursor c = cw_cursor(message->body);
    cw_cursor_skip(&c, 3);
    uint32_t len = cw_cursor_be24(&c);
    struct cw_bytes der = cw_cursor_take(&c, len);
    if (!cw_cursor_ok(&c) && !message->is_whole) {
        return CW_START_MORE;
    }
    out->has_certificate = cw_x509_parse(der, &out->certificate);
    return CW_START_FOUND;
}

/* What follows a ServerHello up to 1.2: a certificate, or not when it resumes a session. */
static enum cw_start
inspect_server(const struct message *hello, struct cw_cursor *c, bool is_over,
               struct cw_tls_info *out)
{
    bool is_good = read_hello(hello, out);
    if (!hello->is_whole) {
        return CW_START_MORE;
    }
    if (!is_good) {
        return CW_START_OTHER;
    }
    struct message second;
    if (out->version == TLS_1_3) {
        return CW_START_FOUND;
    }
    if (!next_message(c, &second)) {
        return is_over ? CW_START_FOUND : CW_START_MORE;
    }
    return second.type == CERTIFICATE ? inspect_certificate(&second, out) : CW_START_FOUND;
}

static enum cw_start
inspect_messages(const struct handshake *hs, struct cw_tls_info *out)
{
    struct cw_cursor c = cw_cursor(cw_bytes(hs->bytes, hs->len));
    struct message first;
    uint8_t type = hs->bytes[0];
    if (hs->len > 0 && type != CLIENT_HELLO && type != SERVER_HELLO) {
        return CW_START_OTHER;
    }
    if (!next_message(&c, &first)) {
        return CW_START_MORE;
    }
    return first.type == CLIENT_HELLO ? inspect_client(&first, out)
                                      : inspect_server(&first, &c, hs->is_over, out);
}

enum cw_start
cw_tls_inspect(struct cw_bytes start, struct cw_tls_info *out)
{
    struct handshake hs;
    struct cw_tls_info info = {0};
    if (!may_start(start)) {
        return CW_START_OTHER;
    }
    gather(start, &hs);
    enum cw_start result = hs.len > 0 ? inspect_messages(&hs, &info) : CW_START_MORE;
    if (result == CW_START_MORE && hs.is_over) {
        return CW_START_OTHER; /* cannot become whole any more */
    }
    if (result != CW_START_OTHER) {
        *out = info;
    }
    return result;
}
