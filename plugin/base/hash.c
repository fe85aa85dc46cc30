/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"

#include <string.h>

#define ROTL(x, b) (((x) << (b)) | ((x) >> (64 - (b))))

struct sip {
    uint64_t v0, v1, v2, v3;
};

static inline void
round_once(struct sip *s)
{
    s->v0 += s->v1;
    s->v1 = ROTL(s->v1, 13) ^ s->v0;
    s->v0 = ROTL(s->v0, 32);
    s->v2 += s->v3;
    s->v3 = ROTL(s->v3, 16) ^ s->v2;
    s->v0 += s->v3;
    s->v3 = ROTL(s->v3, 21) ^ s->v0;
    s->v2 += s->v1;
    s->v1 = ROTL(s->v1, 17) ^ s->v2;
    s->v2 = ROTL(s->v2, 32);
}

uint64_t
cw_hash(struct cw_hash_key key, const void *data, size_t len)
{
    const unsigned char *in = data;
    struct sip s = {.v0 = key.k0 ^ 0x736f6d6570736575ULL,
                    .v1 = key.k1 ^ 0x646f72616e646f6dULL,
                    .v2 = key.k0 ^ 0x6c7967656e657261ULL,
                    .v3 = key.k1 ^ 0x7465646279746573ULL};
    size_t whole = len & ~(size_t)7;
    for (size_t i = 0; i < whole; i += 8) {
        uint64_t word;
        memcpy(&word, in + i, 8);
        s.v3 ^= word;
        round_once(&s);
        s.v0 ^= word;
    }
    uint64_t last = (uint64_t)len << 56;
    for (size_t i = whole; i < len; i++) {
        last |= (uint64_t)in[i] << (8 * (i - whole));
    }
    s.v3 ^= last;
    round_once(&s);
    s.v0 ^= last;
    s.v2 ^= 0xff;
    round_once(&s);
    round_once(&s);
    round_once(&s);
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

__extension__ typedef unsigned __int128 product;

/* Both halves of a product, folded. */
static inline uint64_t
fold(uint64_t a, uint64_t b)
{
    product p = (product)a * b;
    return (uint64_t)p ^ (uint64_t)(p >> 64);
}

uint64_t
cw_hash_quick(struct cw_hash_key key, const void *data, size_t len)
{
    const unsigned char *in = data;
    uint64_t hash = key.k0 ^ len, words[2];
    for (; len >= sizeof(words); in += sizeof(words), len -= sizeof(words)) {
        memcpy(words, in, sizeof(words));
        hash = fold(words[0] ^ key.k1, words[1] ^ hash);
    }
    words[0] = words[1] = 0;
    if (len >= sizeof(words[0])) {
        memcpy(&words[0], in, sizeof(words[0]));
        memcpy(&words[1], in + len - sizeof(words[1]), sizeof(words[1])); /* may overlap */
    } else {
        for (size_t i = 0; i < len; i++) {
            words[0] |= (uint64_t)in[i] << (8 * i);
        }
    }
    if (len > 0) {
        hash = fold(words[0] ^ key.k1, words[1] ^ hash);
    }
    return fold(hash ^ key.k0, key.k1 | 1);
}
