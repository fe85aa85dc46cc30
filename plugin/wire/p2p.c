/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/p2p.h"

#include "base/text.h"
#include "wire/said.h"

uint8_t
cw_p2p_role(unsigned phase)
{
    static const uint8_t roles[CW_WIRE_N_PHASES] = {
        [CW_WIRE_PHASE_LOOKUP] = CAMWATCH_ROLE_RENDEZVOUS,
        [CW_WIRE_PHASE_REGISTRATION] = CAMWATCH_ROLE_REGISTRATION,
        [CW_WIRE_PHASE_RENDEZVOUS] = CAMWATCH_ROLE_RENDEZVOUS,
        [CW_WIRE_PHASE_RELAY] = CAMWATCH_ROLE_RELAY,
        [CW_WIRE_PHASE_LAN_SEARCH] = CAMWATCH_ROLE_DISCOVERY,
        [CW_WIRE_PHASE_LAN_CONTROL] = CAMWATCH_ROLE_CONTROL,
    };
    return phase < CW_WIRE_N_PHASES ? roles[phase] : (uint8_t)CAMWATCH_ROLE_NONE;
}

void
cw_p2p_describe(struct cw_wire_match *out, unsigned phase, unsigned sender, const char *detail)
{
    out->phase = (uint8_t)phase;
    out->sender = (uint8_t)sender;
    out->role = cw_p2p_role(phase);
    cw_text_set(out->detail, sizeof(out->detail), detail);
}

void
cw_p2p_candidate(struct cw_wire_match *out, const struct cw_addr *addr, uint16_t port)
{
    cw_p2p_server(out, addr, port, CAMWATCH_PATH_NONE);
}

void
cw_p2p_server(struct cw_wire_match *out, const struct cw_addr *addr, uint16_t port,
              enum camwatch_path path)
{
    static const uint8_t any[4];
    bool is_any = cw_addr_is_v4(addr) && memcmp(addr->b + 12, any, sizeof(any)) == 0;
    if (out->n_candidates == CW_WIRE_CANDIDATES || port == 0 || is_any ||
        cw_addr_is_none(addr) || cw_addr_is_group(addr)) {
        return;
    }
    out->candidate[out->n_candidates++] =
        (struct cw_wire_endpoint){.addr = *addr, .port = port, .path = (uint8_t)path};
}

bool
cw_p2p_uid(struct cw_wire_match *out, struct cw_bytes uid)
{
    if (!cw_text_is_printable(uid) || cw_said_is_filler(uid) ||
        uid.len >= sizeof(out->identity.uid)) {
        return false;
    }
    bool is_self = out->sender == CW_WIRE_FROM_DEVICE;
    out->has_identity = true;
    out->identity.origin = is_self ? CAMWATCH_ORIGIN_SELF : CAMWATCH_ORIGIN_CLAIMED;
    cw_text_copy(out->identity.uid, sizeof(out->identity.uid), uid);
    return true;
}
