/* SPDX-License-Identifier: Apache-2.0
 *
 * EZVIZ devices look up their registration server over a public HTTP resolver:
 * GET /d?dn=litedev.REGION.ezvizlife.com (protocols_seed_vendors.md 2.7). The resolver,
 * 119.29.29.29, is nobody's camera cloud, so the far end gets no vendor; only the asking device
 * is known.
 */
#include "base/text.h"
#include "wire/hikvision_words.h"
#include "wire/said.h"
#include "wire/text_scan.h"

/* The name ends so: what only holds it is somebody else's. */
static bool
is_of_ezviz(struct cw_bytes name)
{
    static const char *const ends[] = {".ezvizlife.com", ".ezvizru.com"};
    for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
        struct cw_bytes end = cw_bytes_text(ends[i]);
        if (name.len > end.len &&
            cw_text_equal_nocase(cw_bytes_from(name, name.len - end.len), end)) {
            return true;
        }
    }
    return false;
}

static bool
test(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    struct cw_text_message msg;
    if (!cw_scan_message(in->bytes, &msg) || !msg.is_request ||
        !CW_STARTS(msg.target, "/d?dn=litedev.")) {
        return false;
    }
    if (!is_of_ezviz(cw_scan_param(msg.target, "dn"))) {
        return false;
    }
    cw_said_message(out, CW_WIRE_PHASE_LOOKUP, CW_WIRE_FROM_DEVICE, "EZVIZ name look-up");
    cw_said_device(out);
    return true;
}

const struct cw_wire_signature cw_wire_ezviz_httpdns = {
    .name = "ezviz-httpdns",
    .vendor = "",
    .platform = "",
    .maker = CW_HIKVISION_MAKER,
    .transports = CW_WIRE_TCP,
    .class = CW_WIRE_ONE,
    .proves_device = true,
    .least = 40,
    .bits = 200,
    .ports = {80},
    .first = "G",
    .n_first = 1,
    .phases = CW_WIRE_TELLS(LOOKUP),
    .senders = CW_WIRE_SENT_BY(DEVICE),
    .source = "protocols_seed_vendors.md 2.7",
    .test = test,
};
