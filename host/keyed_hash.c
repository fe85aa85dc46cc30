/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "keyed_hash.h"

#include <sys/random.h>

struct state {
    uint64_t v0, v1, v2, v3;
};

bool
cw_hash_key_random(struct cw_hash_key *key)
{
    return getrandom(key->bytes, sizeof(key->bytes), 0) == (ssize_t)sizeof(key->bytes);
}

static uint64_t
turn(uint64_t x, unsigned bits)
{
    return x << bits | x >> (64 - bits);
}

static uint64_t
le64(const uint8_t *bytes, size_t len)
{
    uint64_t word = 0;
    for (size_t i = 0; i < len; i++) {
        word |= (uint64_t)bytes[i] << (8 * i);
    }
    return word;
}

static void
mix(struct state *s, unsigned rounds)
{
    while (rounds-- > 0) {
        s->v0 += s->v1;
        s->v1 = turn(s->v1, 13) ^ s->v0;
        s->v0 = turn(s->v0, 32);
        s->v2 += s->v3;
        s->v3 = turn(s->v3, 16) ^ s->v2;
        s->v0 += s->v3;
        s->v3 = turn(s->v3, 21) ^ s->v0;
        s->v2 += s->v1;
        s->v1 = turn(s->v1, 17) ^ s->v2;
        s->v2 = turn(s->v2, 32);
    }
}

static void
take(struct state *s, uint64_t word)
{
    s->v3 ^= word;
    mix(s, 2);
    s->v0 ^= word;
}

uint64_t
cw_keyed_hash(const struct cw_hash_key *key, const void *bytes, size_t len)
{
    const uint8_t *at = bytes;
    uint64_t k0 = le64(key->bytes, 8), k1 = le64(key->bytes + 8, 8);
    struct state s = {k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261,
                      k1 ^ 0x7465646279746573};
    size_t left = len;
    for (; left >= 8; left -= 8, at += 8) {
        take(&s, le64(at, 8));
    }
    take(&s, (uint64_t)len << 56 | le64(at, left));
    s.v2 ^= 0xff;
    mix(&s, 4);
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}
