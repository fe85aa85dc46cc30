/* SPDX-License-Identifier: Apache-2.0 */
#include "base/export.h"
#include "camwatch/monitor.h"
#include "decode/walk.h"

/* Without memory of fragments: a view is of one frame. */
static struct cw_decoder plain = {.max_depth = 8};

/* Where a part of the frame begins. */
static uint32_t
offset_of(const struct cw_frame *frame, struct cw_bytes part)
{
    return part.len ? (uint32_t)(part.ptr - frame->bytes.ptr) : (uint32_t)frame->bytes.len;
}

CW_EXPORT unsigned
camwatch_frame_view(const struct camwatch_frame *frame, struct camwatch_packet_view *out)
{
    struct cw_frame in = {.time_ns = frame->time_ns,
                          .bytes = cw_bytes(frame->bytes, frame->captured),
                          .wire_len = frame->wire_len,
                          .link_type = frame->link_type};
    struct cw_packet p;
    unsigned reason = cw_decode(&plain, &in, &p);
    struct camwatch_packet_view view = {
        .src_port = p.src_port,
        .dst_port = p.dst_port,
        .ethertype = p.ethertype,
        .vlan = p.vlan,
        .proto = p.proto,
        .is_ip = p.is_ip,
        .tunnels = p.tunnels,
        .payload_offset = offset_of(&in, p.payload),
        .ip_offset = offset_of(&in, p.ip),
        .ip_captured = (uint32_t)p.ip.len,
        .vlan_inner = p.vlan_inner,
        .ttl = p.ttl,
        .tcp_flags = p.tcp_flags,
        .is_fragment = p.is_fragment,
        .is_on_link = p.on_link,
    };
    memcpy(view.src, p.src.b, sizeof(view.src));
    memcpy(view.dst, p.dst.b, sizeof(view.dst));
    memcpy(view.src_mac, p.src_mac.b, sizeof(view.src_mac));
    memcpy(view.dst_mac, p.dst_mac.b, sizeof(view.dst_mac));
    view.size = out->size < sizeof(view) ? out->size : sizeof(view);
    memcpy(out, &view, view.size);
    return reason;
}

CW_EXPORT uint32_t
camwatch_tunnel_bit(const char *name)
{
#define CW_X(s, t) {t, CW_TUNNEL_##s},

    static const struct {
        const char *text;
        uint32_t bit;
    } names[] = {CW_TUNNELS(CW_X)};

#undef CW_X
    for (size_t i = 0; name && i < sizeof(names) / sizeof(*names); i++) {
        if (strcmp(name, names[i].text) == 0) {
            return names[i].bit;
        }
    }
    return 0;
}
