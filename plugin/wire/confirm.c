/* SPDX-License-Identifier: Apache-2.0
 *
 * Counts what a flow has shown of each signature until its confirmation class is met.
 */
#include "wire/wire.h"

#include <assert.h>
#include <stdatomic.h>

#include "base/hash.h"

enum { FIRST_BYTES = 256, MAX_SIGNATURES = 128 };

/* For each transport and first byte the signatures to try, in table order, ended by 0 (index +
 * 1). */
struct lane {
    uint8_t of_first[FIRST_BYTES][MAX_SIGNATURES];
};

static struct lane lanes[2]; /* UDP, TCP; built once, read-only afterwards */
static _Atomic int lanes_state;

static bool
starts_with(const struct cw_wire_signature *s, unsigned byte)
{
    return !s->first || memchr(s->first, (int)byte, s->n_first);
}

static void
build_lane(struct lane *lane, unsigned transport)
{
    const struct cw_wire_signature *const *table = cw_wire_table();
    for (unsigned byte = 0; byte < FIRST_BYTES; byte++) {
        unsigned n = 0;
        for (unsigned i = 0; table[i]; i++) {
            if ((table[i]->transports & transport) && starts_with(table[i], byte)) {
                lane->of_first[byte][n++] = (uint8_t)(i + 1);
            }
        }
    }
}

/* Safe against a second thread: the first one builds, others wait for it. */
static void
build_lanes(void)
{
    int expected = 0;
    if (atomic_compare_exchange_strong(&lanes_state, &expected, 1)) {
        build_lane(&lanes[0], CW_WIRE_UDP);
        build_lane(&lanes[1], CW_WIRE_TCP);
        atomic_store_explicit(&lanes_state, 2, memory_order_release);
    }
    while (atomic_load_explicit(&lanes_state, memory_order_acquire) != 2) {
    }
}

static bool
try_signature(const struct cw_wire_signature *s, const struct cw_wire_input *in,
              struct cw_wire_match *out)
{
    if (in->wire_len < s->least || (s->is_off && !in->experimental)) {
        return false;
    }
    memset(out, 0, sizeof(*out));
    out->is_evidence = true;
    if (!s->test(in, out)) {
        return false;
    }
    assert(out->phase == CW_WIRE_PHASE_NONE || (s->phases & 1u << out->phase));
    assert(out->sender == CW_WIRE_FROM_UNKNOWN || (s->senders & 1u << out->sender));
    return true;
}

/* The suspect of this signature, or a free place, or the one that has shown least. */
static struct cw_wire_suspect *
find_suspect(struct cw_wire_state *state, unsigned signature)
{
    struct cw_wire_suspect *best = NULL;
    for (unsigned i = 0; i < CW_WIRE_SUSPECTS; i++) {
        struct cw_wire_suspect *s = &state->suspects[i];
        if (s->signature == signature) {
            return s;
        }
        if (!best || (best->signature != 0 && (s->signature == 0 || s->count < best->count))) {
            best = s;
        }
    }
    *best = (struct cw_wire_suspect){.signature = (uint8_t)signature};
    return best;
}

static bool
is_class_met(const struct cw_wire_signature *s, const struct cw_wire_suspect *seen)
{
    switch ((enum cw_wire_class)s->class) {
    case CW_WIRE_ONE:
        return true;
    case CW_WIRE_TWO:
        return seen->count >= 3 || (seen->count == 2 && seen->has_strong);
    case CW_WIRE_THREE:
        return seen->count >= 3;
    case CW_WIRE_BOTH:
        return seen->directions == 3 && seen->token[0] == seen->token[1];
    case CW_WIRE_THREE_BOTH:
        return seen->count >= 3 && seen->directions == 3;
    }
    return false;
}

/* Of a stream only the head: its joined start grows with each segment, the message stays the
 * same. */
static uint32_t
message_hash(const struct cw_wire_signature *s, const struct cw_wire_input *in)
{
    static const struct cw_hash_key key = {0x77697265, 0x6d736773};
    bool is_stream = in->transport == CW_WIRE_TCP;
    struct cw_bytes head = cw_bytes_head(in->bytes, is_stream && s->least < 64 ? s->least : 64);
    return (uint32_t)cw_hash(key, head.ptr, head.len) ^ (is_stream ? 0 : in->wire_len);
}

/* A request's token is its answer's; in the other classes one token runs through the conversation,
 * and a message with another starts a new one. */
static void
take_token(struct cw_wire_suspect *seen, const struct cw_wire_signature *s, unsigned direction,
           uint32_t token)
{
    if (s->class == CW_WIRE_BOTH) {
        seen->token[direction] = token;
    } else if (seen->token[0] != token) {
        *seen = (struct cw_wire_suspect){.signature = seen->signature,
                                         .confirmed = seen->confirmed};
        seen->token[0] = token;
    }
}

/* A number that does not go on from the last one of its direction is another conversation's, or
 * chance's. */
static void
take_sequence(struct cw_wire_suspect *seen, unsigned direction,
              const struct cw_wire_match *match)
{
    enum { LOST_MOST = 16 };

    bool is_first = !(seen->directions & 1u << direction);
    uint32_t step = match->sequence - seen->sequence[direction];
    if (match->has_sequence && !is_first && step > LOST_MOST) {
        *seen = (struct cw_wire_suspect){.signature = seen->signature,
                                         .confirmed = seen->confirmed,
                                         .token[0] = seen->token[0]};
    }
    seen->sequence[direction] = match->sequence;
}

/* Count one matching message; repeats of the same bytes count once. */
static bool
count_message(struct cw_wire_suspect *seen, const struct cw_wire_signature *s,
              const struct cw_wire_input *in, const struct cw_wire_match *match)
{
    uint32_t hash = message_hash(s, in);
    take_token(seen, s, in->direction & 1, match->token);
    take_sequence(seen, in->direction & 1, match);
    bool is_repeat =
        seen->count > 0 && hash == seen->last_hash && match->step == seen->last_step;
    if (!is_repeat && seen->count < UINT8_MAX) {
        seen->count++;
        seen->has_strong |= !match->is_weak;
    }
    seen->last_hash = hash;
    seen->last_step = match->step;
    seen->directions |= (uint8_t)(1u << (in->direction & 1));
    bool is_alone = match->needs_both && seen->directions != 3;
    if (!is_alone && (match->is_enough || is_class_met(s, seen))) {
        seen->confirmed = true;
    }
    return seen->confirmed;
}

static bool
inspect_flowless(const struct cw_wire_input *in, struct cw_wire_result *out)
{
    const struct cw_wire_signature *const *table = cw_wire_table();
    for (unsigned i = 0; table[i]; i++) {
        const struct cw_wire_signature *s = table[i];
        bool here = (s->transports & in->transport) &&
                    (in->transport != CW_WIRE_ETHER || s->ethertype == in->ethertype);
        if (here && try_signature(s, in, &out->match)) {
            out->signature = s;
            out->is_confirmed = s->class == CW_WIRE_ONE || out->match.is_enough;
            return true;
        }
    }
    return false;
}

static bool
try_one(struct cw_wire_state *state, unsigned signature, const struct cw_wire_input *in,
        struct cw_wire_result *out)
{
    const struct cw_wire_signature *s = cw_wire_table()[signature - 1];
    if (!try_signature(s, in, &out->match)) {
        return false;
    }
    out->signature = s;
    out->is_confirmed = count_message(find_suspect(state, signature), s, in, &out->match);
    return true;
}

bool
cw_wire_inspect(struct cw_wire_state *state, const struct cw_wire_input *in,
                struct cw_wire_result *out)
{
    if (!state || in->transport == CW_WIRE_ETHER) {
        return inspect_flowless(in, out);
    }
    if (in->bytes.len == 0) {
        return false;
    }
    if (atomic_load_explicit(&lanes_state, memory_order_acquire) != 2) {
        build_lanes();
    }
    const uint8_t *lane = lanes[in->transport == CW_WIRE_TCP].of_first[in->bytes.ptr[0]];
    for (unsigned i = 0; i < CW_WIRE_SUSPECTS; i++) {
        unsigned suspect = state->suspects[i].signature;
        if (suspect != 0 && memchr(lane, (int)suspect, strlen((const char *)lane)) &&
            try_one(state, suspect, in, out)) {
            return true;
        }
    }
    for (; *lane; lane++) {
        if (try_one(state, *lane, in, out)) {
            return true;
        }
    }
    return false;
}
