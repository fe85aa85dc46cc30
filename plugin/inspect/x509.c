/* SPDX-License-Identifier: Apache-2.0 */
#include "inspect/x509.h"

#include "base/cursor.h"
#include "base/text.h"

enum { /* X.690 8.1.2, RFC 5280 4.1 */
       TAG_INTEGER = 0x02,
       TAG_OCTETS = 0x04,
       TAG_OID = 0x06,
       TAG_UTF8 = 0x0c,
       TAG_PRINTABLE = 0x13,
       TAG_T61 = 0x14,
       TAG_IA5 = 0x16,
       TAG_SEQUENCE = 0x30,
       TAG_SET = 0x31,
       TAG_VERSION = 0xa0,
       TAG_EXTENSIONS = 0xa3,
       TAG_DNS_NAME = 0x82, /* [2] of GeneralName */
       TAG_LONG = 0x1f,
       LENGTH_BYTES_MAX = 3,
};

struct element {
    uint8_t tag;
    struct cw_bytes value;
};

static size_t
read_length(struct cw_cursor *c)
{
    size_t length = cw_cursor_u8(c);
    if (length < 0x80) {
        return length;
    }
    size_t n = length & 0x7f;
    if (n == 0 || n > LENGTH_BYTES_MAX) { /* indefinite: not DER */
        c->failed = true;
        return 0;
    }
    for (length = 0; n > 0; n--) {
        length = length << 8 | cw_cursor_u8(c);
    }
    return length;
}

/* False at the end and on a malformed element. */
static bool
next(struct cw_cursor *c, struct element *out)
{
    uint8_t tag = cw_cursor_u8(c);
    if ((tag & TAG_LONG) == TAG_LONG) {
        c->failed = true;
    }
    size_t length = read_length(c);
    *out = (struct element){.tag = tag, .value = cw_cursor_take(c, length)};
    return cw_cursor_ok(c);
}

/* The next element, which must have this tag; else empty and the cursor's error. */
static struct cw_bytes
expect(struct cw_cursor *c, uint8_t tag)
{
    struct element e;
    if (next(c, &e) && e.tag == tag) {
        return e.value;
    }
    c->failed = true;
    return cw_bytes(NULL, 0);
}

static void
skip_optional(struct cw_cursor *c, uint8_t tag)
{
    struct cw_bytes rest = cw_cursor_rest(c);
    if (cw_u8_at(rest, 0) == tag) {
        (void)expect(c, tag);
    }
}

static bool
is_text(uint8_t tag)
{
    return tag == TAG_UTF8 || tag == TAG_PRINTABLE || tag == TAG_T61 || tag == TAG_IA5;
}

/* AttributeTypeAndValue: CN is 2.5.4.3, O is 2.5.4.10. The first of each counts. */
static void
read_attribute(struct cw_bytes in, struct cw_x509_names *out)
{
    struct cw_cursor c = cw_cursor(in);
    struct cw_bytes oid = expect(&c, TAG_OID);
    struct element value;
    if (!next(&c, &value) || !is_text(value.tag) || oid.len != 3 ||
        !CW_STARTS(oid, "\x55\x04")) {
        return;
    }
    if (oid.ptr[2] == 3 && !out->common_name[0]) {
        cw_text_copy(out->common_name, sizeof(out->common_name), value.value);
    }
    if (oid.ptr[2] == 10 && !out->organisation[0]) {
        cw_text_copy(out->organisation, sizeof(out->organisation), value.value);
    }
}

static void
read_subject(struct cw_bytes in, struct cw_x509_names *out)
{
    struct cw_cursor c = cw_cursor(in);
    struct element set, attribute;
    while (cw_cursor_left(&c) > 0 && next(&c, &set)) {
        struct cw_cursor members = cw_cursor(set.value);
        while (cw_cursor_left(&members) > 0 && next(&members, &attribute)) {
            read_attribute(attribute.value, out);
        }
    }
}

static void
read_alternative_names(struct cw_bytes in, struct cw_x509_names *out)
{
    struct cw_cursor outer = cw_cursor(in);
    struct cw_cursor c = cw_cursor(expect(&outer, TAG_SEQUENCE));
    struct element name;
    while (out->n_dns < CW_X509_NAMES && cw_cursor_left(&c) > 0 && next(&c, &name)) {
        if (name.tag == TAG_DNS_NAME && cw_text_is_printable(name.value) &&
            name.value.len < sizeof(out->dns[0])) {
            cw_text_copy(out->dns[out->n_dns], sizeof(out->dns[0]), name.value);
            cw_text_lower(out->dns[out->n_dns++]);
        }
    }
}

/* Extension: OID, critical or not, octets. subjectAltName is 2.5.29.17. */
static void
read_extension(struct cw_bytes in, struct cw_x509_names *out)
{
    struct cw_cursor c = cw_cursor(in);
    struct cw_bytes oid = expect(&c, TAG_OID);
    struct element value = {0};
    while (value.tag != TAG_OCTETS && cw_cursor_left(&c) > 0 && next(&c, &value)) {
    }
    if (value.tag == TAG_OCTETS && cw_bytes_equal(oid, cw_bytes("\x55\x1d\x11", 3))) {
        read_alternative_names(value.value, out);
    }
}

static void
read_extensions(struct cw_bytes in, struct cw_x509_names *out)
{
    struct cw_cursor outer = cw_cursor(in);
    struct cw_cursor c = cw_cursor(expect(&outer, TAG_SEQUENCE));
    struct element extension;
    while (cw_cursor_left(&c) > 0 && next(&c, &extension)) {
        read_extension(extension.value, out);
    }
}

bool
cw_x509_parse(struct cw_bytes der, struct cw_x509_names *out)
{
    struct cw_cursor outer = cw_cursor(der);
    struct cw_cursor certificate = cw_cursor(expect(&outer, TAG_SEQUENCE));
    struct cw_cursor c = cw_cursor(expect(&certificate, TAG_SEQUENCE));
    skip_optional(&c, TAG_VERSION);
    (void)expect(&c, TAG_INTEGER);  /* serial number */
    (void)expect(&c, TAG_SEQUENCE); /* signature algorithm */
    (void)expect(&c, TAG_SEQUENCE); /* issuer */
    (void)expect(&c, TAG_SEQUENCE); /* validity */
    struct cw_bytes subject = expect(&c, TAG_SEQUENCE);
    if (!cw_cursor_ok(&c)) {
        return false;
    }
    struct cw_x509_names names = {0};
    read_subject(subject, &names);
    struct element e;
    while (cw_cursor_left(&c) > 0 && next(&c, &e)) {
        if (e.tag == TAG_EXTENSIONS) {
            read_extensions(e.value, &names);
        }
    }
    *out = names;
    return true;
}
