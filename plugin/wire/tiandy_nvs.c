/* SPDX-License-Identifier: Apache-2.0
 *
 * Tiandy NVS, TCP 3001: text fields behind a 20-byte header, and media behind another
 * (protocols_seed_vendors.md 4.1). LOGON carries credentials: no field is read.
 */
#include "base/cursor.h"
#include "base/text.h"
#include "wire/said.h"
#include "wire/text_scan.h"
#include "wire/tiandy_words.h"

#define COMMAND 0xf1f5eaf5u
#define DATA    0xf1f5eaf9u

enum { HEADER = 20 };

/* Fields between tabs: an address or nothing, then IP or PROXY as the class. */
static bool
is_field_text(struct cw_bytes text)
{
    enum { CLASS_WITHIN = 24 };
    struct cw_bytes head = cw_bytes_head(text, CLASS_WITHIN);
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];
        if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f) {
            return false;
        }
    }
    return cw_scan_has(head, "IP\t") || cw_scan_has(head, "PROXY\t");
}

/* A client's data length has 32 bits after 8 zeros; a device's only the last 16. */
static bool
is_command(struct cw_bytes b)
{
    uint32_t total = cw_le16_at(b, 6), data = cw_le16_at(b, 18), long_data = cw_le32_at(b, 16);
    struct cw_bytes text = cw_bytes_head(cw_bytes_from(b, HEADER), total - HEADER);
    return total > HEADER && (data == total - HEADER || long_data == total - HEADER) &&
           is_field_text(text);
}

static void
read_command(struct cw_bytes text, struct cw_wire_match *m)
{
    bool is_log_in = cw_scan_has(text, "\tLOGON\t");
    bool is_refusal = cw_scan_has(text, "\tLOGONFAILED");
    cw_said_message(m, CW_WIRE_PHASE_CONTROL,
                    is_log_in ? CW_WIRE_FROM_VIEWER : CW_WIRE_FROM_UNKNOWN,
                    is_log_in ? "Tiandy log-in" : "Tiandy command");
    if (is_refusal) {
        cw_said_device(m);
    }
}

static bool
test(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    struct cw_bytes b = in->bytes;
    uint32_t magic = cw_be32_at(b, 0);
    out->role = CAMWATCH_ROLE_CONTROL;
    if (magic == COMMAND && b.len > HEADER && is_command(b)) {
        read_command(cw_bytes_from(b, HEADER), out);
        return true;
    }
    if (magic == DATA && CW_STARTS(cw_bytes_from(b, HEADER), "NVS\0")) {
        cw_said_message(out, CW_WIRE_PHASE_MEDIA, CW_WIRE_FROM_DEVICE, "Tiandy media");
        cw_said_device(out);
        return true;
    }
    return false;
}

const struct cw_wire_signature cw_wire_tiandy_nvs = {
    .name = "tiandy-nvs",
    .vendor = CW_TIANDY_VENDOR,
    .platform = "",
    .maker = CW_TIANDY_MAKER,
    .transports = CW_WIRE_TCP,
    .class = CW_WIRE_BOTH,
    .proves_device = true,
    .least = HEADER + 1,
    .bits = 64,
    .ports = {3001, 3000},
    .first = "\xf1",
    .n_first = 1,
    .phases = CW_WIRE_TELLS(CONTROL) | CW_WIRE_TELLS(MEDIA),
    .senders = CW_WIRE_SENT_BY(DEVICE) | CW_WIRE_SENT_BY(VIEWER),
    .source = "protocols_seed_vendors.md 4.1",
    .test = test,
};
