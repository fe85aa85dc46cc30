/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "decode/walk.h"

#define DEPTH_DEFAULT     8
#define FRAGMENTS_DEFAULT 4096

struct cw_decoder *
cw_decoder_new(const struct cw_decoder_settings *settings)
{
    struct cw_decoder *d = calloc(1, sizeof(*d));
    if (!d) {
        return NULL;
    }
    d->tunnels_off = settings->tunnels_off;
    d->max_depth = settings->max_depth ? settings->max_depth : DEPTH_DEFAULT;
    uint32_t max = settings->max_fragments ? settings->max_fragments : FRAGMENTS_DEFAULT;
    d->fragments = cw_fragments_new(max, settings->hash_key);
    if (!d->fragments) {
        free(d);
        return NULL;
    }
    return d;
}

void
cw_decoder_free(struct cw_decoder *decoder)
{
    if (decoder) {
        cw_fragments_free(decoder->fragments);
        free(decoder);
    }
}

unsigned
cw_walk_enter(struct cw_walk *w, unsigned tunnel, uint32_t segment)
{
    if (++w->depth > w->decoder->max_depth) {
        return CAMWATCH_DROP_TUNNEL_DEEP;
    }
    struct cw_packet *out = w->out;
    struct cw_packet inner = {
        .frame = out->frame,
        .src_mac = out->src_mac,
        .dst_mac = out->dst_mac,
        .ethertype = out->ethertype,
        .vlan = out->vlan,
        .vlan_inner = out->vlan_inner,
        .tunnels = (uint16_t)(out->tunnels | tunnel),
        .segment = segment ? segment : out->segment,
        .wire_len = out->wire_len,
    };
    *out = inner;
    return CAMWATCH_DROP_NONE;
}

unsigned
cw_walk_finish(struct cw_walk *w)
{
    struct cw_packet *out = w->out;
    out->payload = w->in;
    out->payload_wire = (uint32_t)cw_walk_wire(w);
    out->is_cut = w->missing > 0;
    for (unsigned i = 0; i < w->n_pending; i++) {
        cw_fragment_learn(w->pending[i], out);
    }
    return CAMWATCH_DROP_NONE;
}

unsigned
cw_decode(struct cw_decoder *decoder, const struct cw_frame *frame, struct cw_packet *out)
{
    size_t captured = frame->bytes.len;
    size_t wire = frame->wire_len > captured ? frame->wire_len : captured;
    *out = (struct cw_packet){.frame = frame, .wire_len = (uint32_t)wire};
    struct cw_walk w = {
        .in = frame->bytes, .missing = wire - captured, .decoder = decoder, .out = out};
    return cw_decode_link(&w, frame->link_type);
}
