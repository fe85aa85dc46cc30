/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/account.h"

#include "flow/clock.h"
#include "flow/key.h"

/* Above 1023, where devices and their servers listen: RTSP, SIP, HTTP, SDKs of Hikvision,
 * Dahua, XM, PPPP; and where they answer searches: SSDP, WS-Discovery, SADP, DHIP. */
static bool
is_service(uint16_t port)
{
    switch (port) {
    case 1900:
    case 1935:
    case 3478:
    case 3702:
    case 5060:
    case 5061:
    case 8000:
    case 8080:
    case 8443:
    case 8554:
    case 8800:
    case 9000:
    case 32100:
    case 34567:
    case 37020:
    case 37777:
    case 37810:
        return true;
    default:
        return port != 0 && port < 1024;
    }
}

bool
cw_flow_sender_opened(const struct cw_packet *packet)
{
    switch (packet->proto) {
    case CW_PROTO_ICMP:
    case CW_PROTO_ICMP6:
        return !cw_flow_is_icmp_answer(packet);
    case CW_PROTO_TCP:
        if (packet->tcp_flags & CW_TCP_SYN) {
            return !(packet->tcp_flags & CW_TCP_ACK);
        }
        break;
    default:
        break;
    }
    return !is_service(packet->src_port) || is_service(packet->dst_port);
}

static bool
is_answer(uint8_t flags)
{
    return !(flags & CW_TCP_RST) && (flags & (CW_TCP_SYN | CW_TCP_ACK)) != CW_TCP_SYN;
}

static void
judge_tcp(struct cw_flow *f, uint8_t flags, unsigned direction)
{
    bool is_synack = (flags & CW_TCP_SYN) && (flags & CW_TCP_ACK);
    bool is_answered = f->packets[0] != 0 && f->packets[1] != 0 && is_answer(flags) &&
                       (direction == 1 || is_answer(f->tcp_seen[1]));
    if (f->outcome == CAMWATCH_OUTCOME_ESTABLISHED) {
        return;
    }
    if ((direction == 1 && is_synack) || is_answered) {
        f->outcome = CAMWATCH_OUTCOME_ESTABLISHED;
    } else if (direction == 1 && (flags & CW_TCP_RST) &&
               f->outcome == CAMWATCH_OUTCOME_ATTEMPTED) {
        f->outcome = CAMWATCH_OUTCOME_REFUSED;
    } else if (direction == 0 && (flags & CW_TCP_SYN) && f->packets[0] == 1) {
        f->outcome = CAMWATCH_OUTCOME_ATTEMPTED;
    } else if (is_answer(flags) && f->outcome != CAMWATCH_OUTCOME_REFUSED) {
        f->outcome = CAMWATCH_OUTCOME_UNKNOWN; /* goes on without a visible answer */
    }
}

static void
judge_end(struct cw_flow *f, uint8_t flags)
{
    if (f->end != CW_FLOW_END_NONE) {
        return;
    }
    if (flags & CW_TCP_RST) {
        f->end = CW_FLOW_END_RESET;
    } else if (f->tcp_seen[0] & f->tcp_seen[1] & CW_TCP_FIN) {
        f->end = CW_FLOW_END_CLOSED;
    }
}

static void
judge_other(struct cw_flow *f, const struct cw_packet *p)
{
    if (f->packets[0] != 0 && f->packets[1] != 0) {
        f->outcome = CAMWATCH_OUTCOME_ESTABLISHED;
    } else if (f->packets[0] == 1 && f->packets[1] == 0 && !cw_addr_is_group(&p->dst)) {
        f->outcome = CAMWATCH_OUTCOME_ATTEMPTED;
    }
}

static void
note_syn(struct cw_flow *f, const struct cw_packet *p, unsigned direction)
{
    bool is_syn = (p->tcp_flags & (CW_TCP_SYN | CW_TCP_ACK)) == CW_TCP_SYN;
    if (is_syn && direction == 0 && !f->has_syn) {
        f->has_syn = 1;
        f->syn_seq = p->tcp_seq;
    }
}

/* Packets may change places a little; one far before the last says that the last one's stamp
 * was wrong. */
static void
note_time(struct cw_flow *f, int64_t time_ns)
{
    if (time_ns > f->last_ns || f->last_ns - time_ns > CW_CLOCK_JUMP_NS) {
        f->last_ns = time_ns;
    }
}

void
cw_flow_account(struct cw_flow *flow, const struct cw_packet *packet, unsigned direction)
{
    note_time(flow, packet->frame->time_ns);
    flow->bytes[direction] += packet->wire_len;
    flow->packets[direction]++;
    if (packet->proto != CW_PROTO_TCP) {
        judge_other(flow, packet);
        return;
    }
    if (packet->is_later_fragment) {
        return; /* has no flags */
    }
    flow->tcp_seen[direction] |= packet->tcp_flags;
    note_syn(flow, packet, direction);
    judge_tcp(flow, packet->tcp_flags, direction);
    judge_end(flow, packet->tcp_flags);
}

void
cw_flow_refuse(struct cw_flow *flow)
{
    if (flow->outcome != CAMWATCH_OUTCOME_ESTABLISHED) {
        flow->outcome = CAMWATCH_OUTCOME_REFUSED;
    }
}
