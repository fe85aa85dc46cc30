/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/recorder_list.h"

#include <stdio.h>

#include "base/cursor.h"
#include "base/text.h"
#include "wire/brand_words.h"
#include "wire/dahua_words.h"
#include "wire/hikvision_words.h"
#include "wire/said.h"
#include "wire/text_scan.h"

enum { TAG_MAX = 64, DEPTH_MAX = 8 };

static const char dahua_key[] = "System_CONFIG_NETCAMERA_INFO_";

typedef bool (*next_fn)(struct cw_bytes *rest, struct cw_identity *out);

static void
note_list(struct cw_wire_match *m, next_fn next, struct cw_bytes rest)
{
    m->list.next = next;
    m->list.rest = rest;
    m->identity.kind = CAMWATCH_KIND_RECORDER;
}

static void
begin(struct cw_identity *out)
{
    *out = (struct cw_identity){.origin = CAMWATCH_ORIGIN_CLAIMED,
                                .kind = CAMWATCH_KIND_CAMERA,
                                .is_surveillance = true};
}

/* An entry that nobody can be found by is a channel without a camera. */
static bool
names_somebody(const struct cw_identity *id)
{
    return !cw_addr_is_none(&id->addr) || !cw_mac_is_none(&id->mac) || id->uid[0] ||
           (id->serial[0] && id->maker[0]);
}

/* Nothing begins in these bytes; a tag or key may at their end. */
static void
keep_tail(struct cw_bytes *rest, size_t most)
{
    *rest = cw_bytes_from(*rest, rest->len > most ? rest->len - most : 0);
}

/* ---- XML ---- */

static ptrdiff_t
find_tag(struct cw_bytes in, struct cw_bytes tag)
{
    size_t from = 0;
    ptrdiff_t at;
    while ((at = cw_text_find(cw_bytes_from(in, from), tag)) >= 0) {
        size_t end = from + (size_t)at + tag.len;
        uint8_t c = cw_u8_at(in, end);
        if (end < in.len && (c == '>' || c == ' ' || c == '\t' || c == '\r' || c == '\n')) {
            return (ptrdiff_t)from + at;
        }
        from = end;
    }
    return -1;
}

/* The next element with this start tag ("<Item") whose end tag is there too. */
static bool
next_element(struct cw_bytes *rest, const char *open, const char *close,
             struct cw_bytes *inside)
{
    ptrdiff_t at = find_tag(*rest, cw_bytes_text(open));
    if (at < 0) {
        keep_tail(rest, TAG_MAX);
        return false;
    }
    *rest = cw_bytes_from(*rest, (size_t)at);
    ptrdiff_t end = cw_text_find(*rest, cw_bytes_text(close));
    if (end < 0) {
        return false;
    }
    *inside = cw_bytes_head(*rest, (size_t)end);
    *rest = cw_bytes_from(*rest, (size_t)end + strlen(close));
    return true;
}

static void
read_isapi(struct cw_bytes xml, struct cw_identity *out)
{
    struct cw_bytes model = cw_scan_xml(xml, "model");
    bool is_own = cw_bytes_equal(cw_scan_xml(xml, "proxyProtocol"), cw_bytes_text("HIKVISION"));
    bool is_model = CW_STARTS(model, "DS-") || CW_STARTS(model, "iDS-");
    begin(out);
    cw_said_addr(&out->addr, cw_scan_xml(xml, "ipAddress"));
    CW_SAID(out->name, cw_scan_xml(xml, "name"));
    CW_SAID(out->model, model);
    CW_SAID(out->serial, cw_scan_xml(xml, "serialNumber"));
    CW_SAID(out->firmware, cw_scan_xml(xml, "firmwareVersion"));
    if (is_own && is_model) {
        cw_text_set(out->maker, sizeof(out->maker), CW_HIKVISION_MAKER);
    }
}

static bool
next_isapi(struct cw_bytes *rest, struct cw_identity *out)
{
    struct cw_bytes inside;
    while (next_element(rest, "<InputProxyChannel", "</InputProxyChannel>", &inside)) {
        read_isapi(inside, out);
        if (names_somebody(out)) {
            return true;
        }
    }
    return false;
}

bool
cw_recorder_isapi(struct cw_bytes xml, struct cw_wire_match *m)
{
    ptrdiff_t at = find_tag(xml, cw_bytes_text("<InputProxyChannelList"));
    if (at < 0) {
        return false;
    }
    note_list(m, next_isapi, cw_bytes_from(xml, (size_t)at));
    return true;
}

/* Cameras alone: areas, groups and alarm inputs stand in a catalog too (digits 11 to 13 of the
 * identifier, GB/T 28181-2016 annex D). */
static bool
is_camera_id(struct cw_bytes id)
{
    enum { ID_LONG = 20, TYPE_AT = 10 };

    struct cw_bytes type = cw_bytes_head(cw_bytes_from(id, TYPE_AT), 3);
    return id.len == ID_LONG && cw_text_is_digits(id) &&
           (cw_bytes_equal(type, cw_bytes_text("131")) ||
            cw_bytes_equal(type, cw_bytes_text("132")));
}

static bool
next_catalog(struct cw_bytes *rest, struct cw_identity *out)
{
    struct cw_bytes inside;
    while (next_element(rest, "<Item", "</Item>", &inside)) {
        struct cw_bytes id = cw_scan_xml(inside, "DeviceID");
        const struct cw_brand *brand = cw_brand_find(cw_scan_xml(inside, "Manufacturer"));
        if (!is_camera_id(id)) {
            continue;
        }
        begin(out);
        CW_SAID(out->uid, id);
        CW_SAID(out->name, cw_scan_xml(inside, "Name"));
        CW_SAID(out->model, cw_scan_xml(inside, "Model"));
        cw_said_addr(&out->addr, cw_scan_xml(inside, "IPAddress"));
        cw_text_set(out->brand, sizeof(out->brand), brand ? brand->brand : "");
        return true;
    }
    return false;
}

bool
cw_recorder_catalog(struct cw_bytes xml, struct cw_wire_match *m)
{
    ptrdiff_t at = find_tag(xml, cw_bytes_text("<DeviceList"));
    if (at < 0 || !cw_bytes_equal(cw_scan_xml(xml, "CmdType"), cw_bytes_text("Catalog"))) {
        return false;
    }
    note_list(m, next_catalog, cw_bytes_from(xml, (size_t)at));
    return true;
}

/* ---- Dahua ---- */

static void
finish_dahua(struct cw_identity *out, struct cw_bytes type, struct cw_bytes vendor)
{
    uint8_t kind = cw_brand_model_kind(type);
    CW_SAID(out->model, type);
    out->kind = kind ? kind : (uint8_t)CAMWATCH_KIND_CAMERA;
    const struct cw_brand *brand = cw_brand_find(vendor);
    if (brand) {
        cw_text_set(out->brand, sizeof(out->brand), brand->brand);
        cw_text_set(out->maker, sizeof(out->maker), brand->maker);
    }
}

/* ".Field=value" of one whole line of these. */
static struct cw_bytes
line_value(struct cw_bytes lines, const char *field)
{
    char key[32];
    int n = snprintf(key, sizeof(key), ".%s=", field);
    ptrdiff_t at = cw_text_find(lines, cw_bytes(key, (size_t)n));
    if (at < 0) {
        return cw_bytes(NULL, 0);
    }
    struct cw_bytes value = cw_bytes_from(lines, (size_t)(at + n));
    const uint8_t *end = value.len ? memchr(value.ptr, '\n', value.len) : NULL;
    return end ? cw_text_trim(cw_bytes_head(value, (size_t)(end - value.ptr)))
               : cw_bytes(NULL, 0);
}

/* Digits behind the key, whose lines belong together. */
static struct cw_bytes
group_of(struct cw_bytes at_key)
{
    size_t n = sizeof(dahua_key) - 1;
    while (cw_u8_at(at_key, n) >= '0' && cw_u8_at(at_key, n) <= '9' && n < TAG_MAX) {
        n++;
    }
    return cw_bytes_head(at_key, n);
}

/* The lines of one camera: up to the first line of another, or to the end where that is the end of
 * a line. Empty where more may come. */
static struct cw_bytes
group_lines(struct cw_bytes in, struct cw_bytes group)
{
    size_t end = 0;
    for (size_t line = 0; line < in.len;) {
        const uint8_t *feed = memchr(in.ptr + line, '\n', in.len - line);
        if (!feed) {
            return cw_bytes(NULL, 0);
        }
        size_t next = (size_t)(feed - in.ptr) + 1;
        struct cw_bytes text = cw_bytes(in.ptr + line, next - line);
        ptrdiff_t at = line == 0 ? 0 : cw_text_find(text, group);
        if (at < 0 || cw_u8_at(text, (size_t)at + group.len) != '.') {
            break;
        }
        line = end = next;
    }
    return cw_bytes_head(in, end);
}

static bool
next_dahua_lines(struct cw_bytes *rest, struct cw_identity *out)
{
    ptrdiff_t at;
    while ((at = cw_text_find(*rest, cw_bytes_text(dahua_key))) >= 0) {
        *rest = cw_bytes_from(*rest, (size_t)at);
        struct cw_bytes lines = group_lines(*rest, group_of(*rest));
        if (lines.len == 0) {
            const uint8_t *feed = memchr(rest->ptr, '\n', rest->len);
            if (!feed || cw_u8_at(*rest, group_of(*rest).len) == '.') {
                return false;
            }
            *rest = cw_bytes_from(*rest, (size_t)(feed - rest->ptr) + 1);
            continue;
        }
        *rest = cw_bytes_from(*rest, lines.len);
        begin(out);
        cw_said_addr(&out->addr, line_value(lines, "Address"));
        cw_said_mac(&out->mac, line_value(lines, "Mac"));
        CW_SAID(out->name, line_value(lines, "Name"));
        CW_SAID(out->serial, line_value(lines, "SerialNo"));
        CW_SAID(out->firmware, line_value(lines, "Version"));
        finish_dahua(out, line_value(lines, "DeviceType"), line_value(lines, "Vendor"));
        if (!cw_addr_is_none(&out->addr)) {
            return true;
        }
    }
    keep_tail(rest, sizeof(dahua_key) - 1);
    return false;
}

/* The object that opens here with its closing brace; empty where it is cut. Braces in strings do
 * not count. */
static struct cw_bytes
whole_object(struct cw_bytes in)
{
    unsigned depth = 0;
    bool is_string = false;
    for (size_t i = 0; i < in.len && depth <= DEPTH_MAX; i++) {
        uint8_t c = in.ptr[i];
        if (is_string) {
            i += c == '\\';
            is_string = c != '"';
        } else if (c == '"') {
            is_string = true;
        } else if (c == '{') {
            depth++;
        } else if (c == '}' && --depth == 0) {
            return cw_bytes_head(in, i + 1);
        }
    }
    return cw_bytes(NULL, 0);
}

static bool
next_dahua_json(struct cw_bytes *rest, struct cw_identity *out)
{
    ptrdiff_t at;
    while ((at = cw_text_find(*rest, cw_bytes_text(dahua_key))) >= 0) {
        *rest = cw_bytes_from(*rest, (size_t)at);
        const uint8_t *open = memchr(rest->ptr, '{', rest->len);
        struct cw_bytes object =
            open ? whole_object(cw_bytes_from(*rest, (size_t)(open - rest->ptr)))
                 : cw_bytes(NULL, 0);
        if (object.len == 0) {
            return false;
        }
        *rest = cw_bytes_from(*rest, (size_t)(open - rest->ptr) + object.len);
        begin(out);
        cw_said_addr(&out->addr, cw_scan_json(object, "Address"));
        cw_said_mac(&out->mac, cw_scan_json(object, "Mac"));
        CW_SAID(out->name, cw_scan_json(object, "Name"));
        CW_SAID(out->serial, cw_scan_json(object, "SerialNo"));
        CW_SAID(out->firmware, cw_scan_json(object, "Version"));
        finish_dahua(out, cw_scan_json(object, "DeviceType"), cw_scan_json(object, "Vendor"));
        if (!cw_addr_is_none(&out->addr)) {
            return true;
        }
    }
    keep_tail(rest, sizeof(dahua_key) - 1);
    return false;
}

bool
cw_recorder_dahua(struct cw_bytes text, struct cw_wire_match *m)
{
    ptrdiff_t at = cw_text_find(text, cw_bytes_text(dahua_key));
    if (at < 0) {
        return false;
    }
    bool is_lines = cw_scan_has(text, "table.RemoteDevice.");
    note_list(m, is_lines ? next_dahua_lines : next_dahua_json,
              cw_bytes_from(text, (size_t)at));
    return true;
}

/* ---- Xiongmai ---- */

/* Start of the object around this place; 0 where it is not there. */
static size_t
opening_brace(struct cw_bytes in, size_t at)
{
    while (at > 0 && in.ptr[at] != '{') {
        at--;
    }
    return at;
}

static bool
next_xiongmai(struct cw_bytes *rest, struct cw_identity *out)
{
    static const char key[] = "\"IPAddress\"";
    ptrdiff_t at;
    while ((at = cw_text_find(*rest, cw_bytes_text(key))) >= 0) {
        size_t open = opening_brace(*rest, (size_t)at);
        if (cw_u8_at(*rest, open) != '{') {
            *rest = cw_bytes_from(*rest, (size_t)at + sizeof(key) - 1);
            continue;
        }
        *rest = cw_bytes_from(*rest, open);
        struct cw_bytes object = whole_object(*rest);
        if (object.len == 0) {
            return false;
        }
        *rest = cw_bytes_from(*rest, object.len);
        begin(out);
        cw_said_addr_hex(&out->addr, cw_scan_json(object, "IPAddress"));
        cw_said_mac(&out->mac, cw_scan_json(object, "MacAddr"));
        CW_SAID(out->serial, cw_scan_json(object, "SerialNo"));
        if (!cw_addr_is_none(&out->addr)) {
            return true;
        }
    }
    return false;
}

bool
cw_recorder_xiongmai(struct cw_bytes json, struct cw_wire_match *m)
{
    ptrdiff_t at = cw_text_find(json, cw_bytes_text("\"NetWork.RemoteDeviceV3\""));
    if (at < 0 || !cw_scan_has(json, "\"Decoder\"")) {
        return false;
    }
    note_list(m, next_xiongmai, cw_bytes_from(json, (size_t)at));
    return true;
}
