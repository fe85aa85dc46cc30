/* SPDX-License-Identifier: Apache-2.0 */
#include "event/make.h"

#include "base/text.h"

void
cw_make_evidence(const struct cw_evidence *in, const struct cw_labels *labels,
                 struct cw_record_evidence *out)
{
    *out = (struct cw_record_evidence){
        .kind = in->kind,
        .points = in->points,
        .subject = in->subject,
        .side = in->side,
        .origin = in->origin,
        .role = in->role,
        .is_surveillance = in->is_surveillance,
        .is_shared = in->is_shared,
        .file = in->file,
        .frame = in->frame,
        .time_ns = in->time_ns,
    };
    cw_text_set(out->rule, sizeof(out->rule), cw_labels_text(labels, in->rule));
    out->device_kind = in->device_kind;
    out->path = in->path;
    out->is_maker_likely = in->is_maker_likely;
    cw_text_set(out->seen, sizeof(out->seen), in->seen);
}

void
cw_make_names(const struct cw_evidence *in, const struct cw_labels *labels,
              struct cw_record_names *out)
{
    cw_text_set(out->vendor, sizeof(out->vendor), cw_labels_text(labels, in->vendor));
    cw_text_set(out->platform, sizeof(out->platform), cw_labels_text(labels, in->platform));
    cw_text_set(out->brand, sizeof(out->brand), cw_labels_text(labels, in->brand));
    cw_text_set(out->maker, sizeof(out->maker), cw_labels_text(labels, in->maker));
}

void
cw_make_verdict(const struct cw_verdict *in, const struct cw_labels *labels,
                struct cw_record_verdict *out)
{
    *out = (struct cw_record_verdict){
        .confidence = in->confidence,
        .band = in->band,
        .role = in->role,
        .path = in->path,
        .side = in->side,
        .device_kind = in->device_kind,
        .is_surveillance = in->is_surveillance,
        .maker_confidence = in->maker_confidence,
    };
    cw_text_set(out->vendor, sizeof(out->vendor), cw_labels_text(labels, in->vendor));
    cw_text_set(out->platform, sizeof(out->platform), cw_labels_text(labels, in->platform));
    cw_text_set(out->brand, sizeof(out->brand), cw_labels_text(labels, in->brand));
    cw_text_set(out->maker, sizeof(out->maker), cw_labels_text(labels, in->maker));
}

unsigned
cw_make_direction(bool source_local, bool destination_local)
{
    if (source_local) {
        return destination_local ? CAMWATCH_DIRECTION_LAN : CAMWATCH_DIRECTION_OUTBOUND;
    }
    return destination_local ? CAMWATCH_DIRECTION_INBOUND : CAMWATCH_DIRECTION_EXTERNAL;
}

static void
fill_conversation(const struct cw_flow *f, struct cw_record_flow *out)
{
    out->end = f->end;
    out->outcome = f->outcome;
    out->proto = f->key.proto;
    out->vlan = f->first_vlan;
    out->src = *cw_flow_source(f);
    out->dst = *cw_flow_destination(f);
    out->src_port = cw_flow_source_port(f);
    out->dst_port = cw_flow_destination_port(f);
    out->interface = f->interface;
    out->file = f->first_file;
    out->frame = f->first_frame;
    out->flow_id = f->id;
    out->first_ns = f->first_ns;
    out->last_ns = f->last_ns;
    for (unsigned i = 0; i < 2; i++) {
        out->bytes[i] = f->bytes[i];
        out->packets[i] = f->packets[i];
        out->delta[i] = f->bytes[i];
    }
}

static void
fill_ends(const struct cw_make_flow *in, struct cw_record_flow *out)
{
    out->src_mac = in->ends[0].mac;
    out->dst_mac = in->ends[1].mac;
    out->direction = (uint8_t)cw_make_direction(in->ends[0].is_local, in->ends[1].is_local);
    out->has_local = in->device_side < 2;
    if (out->has_local) {
        out->local_is_destination = in->device_side == 1;
        out->local_is_device = in->ends[in->device_side].is_device;
        out->local_is_behind = in->ends[in->device_side].is_shared;
        out->local_mac =
            out->local_is_behind ? (struct cw_mac){{0}} : in->ends[in->device_side].mac;
    }
}

static void
fill_cold(const struct cw_flow_cold *c, const struct cw_labels *labels,
          struct cw_record_flow *out)
{
    out->path = c->path;
    out->activity = c->activity;
    out->cleartext = c->cleartext;
    out->domain_source = c->domain_source;
    for (unsigned i = 0; i < 2; i++) {
        out->delta[i] = out->bytes[i] - c->told_bytes[i];
    }
    cw_text_set(out->domain, sizeof(out->domain), c->domain);
    cw_text_set(out->server_name, sizeof(out->server_name), c->server_name);
    cw_text_set(out->ja3, sizeof(out->ja3), c->ja3);
    cw_make_verdict(&c->service, labels, &out->service);
    for (size_t i = 0; i < c->n_evidence && i < CW_RECORD_EVIDENCE; i++) {
        cw_make_evidence(&c->evidence[i], labels, &out->evidence[out->n_evidence++]);
    }
}

void
cw_make_flow(const struct cw_make_flow *in, struct cw_record_flow *out)
{
    memset(out, 0, sizeof(*out));
    out->head = (struct cw_record){
        .size = sizeof(*out),
        .version = CW_RECORD_VERSION,
        .type = CW_RECORD_FLOW,
        .shard = in->shard,
        .time_ns = in->time_ns,
    };
    out->kind = (uint8_t)in->kind;
    fill_conversation(in->flow, out);
    fill_ends(in, out);
    cw_text_set(out->protocol, sizeof(out->protocol),
                cw_labels_text(in->labels, in->flow->protocol));
    cw_text_set(out->application, sizeof(out->application),
                cw_labels_text(in->labels, in->flow->application));
    if (in->cold) {
        fill_cold(in->cold, in->labels, out);
    }
    if (in->device) {
        cw_make_verdict(in->device, in->labels, &out->device);
    }
}
