/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/lan_identity.h"

#include "wire/camera_words.h"
#include "wire/p2p.h"
#include "wire/said.h"

void
cw_lan_identity_begin(struct cw_wire_match *out, const char *detail)
{
    cw_p2p_describe(out, CW_WIRE_PHASE_LAN_SEARCH, CW_WIRE_FROM_DEVICE, detail);
    out->is_evidence = false;
    out->identity.origin = CAMWATCH_ORIGIN_SELF;
}

void
cw_lan_identity_weigh(struct cw_wire_match *out, struct cw_bytes text)
{
    uint8_t kind = cw_camera_kind(text);
    if (kind == CAMWATCH_KIND_UNKNOWN) {
        return;
    }
    out->identity.kind = kind;
    out->identity.is_surveillance = true;
    out->is_camera_fact = true;
    out->is_evidence = true;
    if (!out->identity.model[0]) {
        CW_SAID(out->identity.model, cw_camera_model(text));
    }
}

bool
cw_lan_identity_end(struct cw_wire_match *out)
{
    const struct cw_identity *who = &out->identity;
    out->has_identity = who->name[0] || who->model[0] || who->maker[0] || who->serial[0] ||
                        who->is_surveillance;
    return out->has_identity;
}
