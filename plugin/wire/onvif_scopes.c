/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/onvif_scopes.h"

#include "base/text.h"
#include "wire/brand_words.h"
#include "wire/said.h"
#include "wire/text_scan.h"
#include "wire/uniview_words.h"

#define SCOPE_START "onvif://www.onvif.org/"

enum { VALUE_MAX = 96 };

static int
hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* RFC 3986 2.1; a broken code stays as it is. */
static struct cw_bytes
undo_percent(struct cw_bytes in, uint8_t out[VALUE_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < in.len && n < VALUE_MAX; i++) {
        int high = in.ptr[i] == '%' && i + 2 < in.len ? hex_digit(in.ptr[i + 1]) : -1;
        int low = high >= 0 ? hex_digit(in.ptr[i + 2]) : -1;
        if (low >= 0) {
            out[n++] = (uint8_t)(high << 4 | low);
            i += 2;
        } else {
            out[n++] = in.ptr[i];
        }
    }
    return cw_bytes(out, n);
}

static bool
take(struct cw_bytes scope, const char *category, struct cw_bytes *value)
{
    struct cw_bytes word = cw_bytes_text(category);
    if (scope.len <= word.len || !cw_text_equal_nocase(cw_bytes_head(scope, word.len), word)) {
        return false;
    }
    *value = cw_bytes_from(scope, word.len);
    return true;
}

/* Lower-case macaddr/ with serial/ is how Uniview writes, also on OEM units. */
static bool
is_uniview(struct cw_bytes scopes)
{
    return cw_scan_has(scopes, SCOPE_START "macaddr/") &&
           cw_scan_has(scopes, SCOPE_START "serial/") &&
           cw_scan_has(scopes, SCOPE_START "version/");
}

static void
read_type(struct cw_bytes value, struct cw_identity *id)
{
    if (cw_text_equal_nocase(value, cw_bytes_text("NVR"))) {
        id->kind = CAMWATCH_KIND_RECORDER;
    } else if (cw_text_equal_nocase(value, cw_bytes_text("IPC"))) {
        id->kind = CAMWATCH_KIND_CAMERA;
    }
}

static void
read_scope(struct cw_bytes scope, struct cw_wire_match *m)
{
    uint8_t plain[VALUE_MAX];
    struct cw_identity *id = &m->identity;
    struct cw_bytes value;
    if (take(scope, "name/", &value)) {
        value = undo_percent(value, plain);
        CW_SAID(id->name, value);
        cw_brand_note(m, cw_brand_find(value));
    } else if (take(scope, "manufacturer/", &value)) {
        cw_brand_note(m, cw_brand_find(undo_percent(value, plain)));
    } else if (take(scope, "hardware/", &value)) {
        CW_SAID(id->model, undo_percent(value, plain));
    } else if (take(scope, "serial/", &value)) {
        CW_SAID(id->serial, undo_percent(value, plain));
    } else if (take(scope, "version/", &value)) {
        CW_SAID(id->firmware, undo_percent(value, plain));
    } else if (take(scope, "mac/", &value) || take(scope, "macaddr/", &value)) {
        cw_said_mac(&id->mac, undo_percent(value, plain));
    } else if (take(scope, "type/", &value)) {
        read_type(value, id);
    }
}

bool
cw_onvif_has_scopes(struct cw_bytes scopes)
{
    return cw_scan_has(scopes, SCOPE_START);
}

void
cw_onvif_read_scopes(struct cw_bytes scopes, struct cw_wire_match *m)
{
    struct cw_bytes rest = scopes, start = cw_bytes_text(SCOPE_START);
    while (rest.len > 0) {
        size_t n = 0;
        while (n < rest.len && rest.ptr[n] != ' ' && rest.ptr[n] != '\n' &&
               rest.ptr[n] != '\r') {
            n++;
        }
        struct cw_bytes scope = cw_bytes_head(rest, n);
        if (cw_bytes_starts(scope, start.ptr, start.len)) {
            read_scope(cw_bytes_from(scope, start.len), m);
        }
        rest = cw_bytes_from(rest, n + 1);
    }
    if (is_uniview(scopes)) {
        m->vendor = CW_UNIVIEW_VENDOR;
        cw_text_set(m->identity.maker, sizeof(m->identity.maker), CW_UNIVIEW_MAKER);
    }
    if (m->identity.kind == CAMWATCH_KIND_UNKNOWN) {
        m->identity.kind = cw_brand_model_kind(cw_bytes_text(m->identity.model));
    }
}

/* "http://192.0.2.1:80/..." */
static void
read_place(struct cw_bytes xaddrs, struct cw_identity *id)
{
    ptrdiff_t at = cw_text_find(xaddrs, cw_bytes_text("://"));
    if (at < 0) {
        return;
    }
    struct cw_bytes host = cw_bytes_from(xaddrs, (size_t)at + 3);
    size_t n = 0;
    while (n < host.len && host.ptr[n] != '/' && host.ptr[n] != ':' && host.ptr[n] != ' ') {
        n++;
    }
    cw_said_addr(&id->addr, cw_bytes_head(host, n));
}

/* Only time-based UUIDs end with a MAC (RFC 9562 5.1), and the vendor's constants that look so;
 * hashed and random ones do not. */
static void
read_uuid(struct cw_bytes address, struct cw_identity *id)
{
    enum { UUID = 36, NODE = 24, VERSION = 14 };

    if (address.len < UUID) {
        return;
    }
    struct cw_bytes uuid = cw_bytes_from(address, address.len - UUID);
    if (uuid.ptr[VERSION] == '1' && cw_mac_is_none(&id->mac)) {
        cw_said_mac(&id->mac, cw_bytes_from(uuid, NODE));
    }
}

void
cw_onvif_read_endpoint(struct cw_bytes xml, struct cw_wire_match *m)
{
    read_place(cw_scan_xml(xml, "XAddrs"), &m->identity);
    ptrdiff_t at = cw_text_find(xml, cw_bytes_text("EndpointReference>"));
    if (at >= 0) {
        read_uuid(cw_scan_xml(cw_bytes_from(xml, (size_t)at), "Address"), &m->identity);
    }
}
