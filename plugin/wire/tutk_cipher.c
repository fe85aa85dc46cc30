/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/tutk_cipher.h"

#include "base/cursor.h"

static const uint8_t text[CW_TUTK_BLOCK] = "Charlie is the d";

/* Four LE32 words, each rotated left by its own amount. */
static void
rotate_words(const uint8_t *in, const uint8_t by[4], uint8_t *out)
{
    for (size_t i = 0; i < 4; i++) {
        uint32_t word = cw_le32_at(cw_bytes(in + i * 4, 4), 0);
        word = word << by[i] | word >> (32 - by[i]);
        for (size_t j = 0; j < 4; j++) {
            out[i * 4 + j] = (uint8_t)(word >> (8 * j));
        }
    }
}

static void
descramble_block(const uint8_t *in, uint8_t *out)
{
    static const uint8_t before[4] = {3, 7, 11, 15}, after[4] = {1, 5, 9, 13};
    static const uint8_t places[CW_TUTK_BLOCK] = {11, 9, 8, 15, 13, 10, 12, 14,
                                                  2,  1, 5, 0,  6,  4,  7,  3};
    uint8_t turned[CW_TUTK_BLOCK], mixed[CW_TUTK_BLOCK];
    rotate_words(in, before, turned);
    for (size_t i = 0; i < CW_TUTK_BLOCK; i++) {
        mixed[i] = turned[places[i]] ^ text[i];
    }
    rotate_words(mixed, after, out);
}

/* A tail is permuted only when it is 2, 4 or 8 bytes long; each permutation is its own
 * inverse. */
static void
descramble_tail(struct cw_bytes in, uint8_t *out)
{
    static const uint8_t two[] = {1, 0}, four[] = {2, 3, 0, 1},
                         eight[] = {7, 4, 3, 2, 1, 6, 5, 0};
    const uint8_t *places = in.len == 2 ? two : in.len == 4 ? four : in.len == 8 ? eight : NULL;
    for (size_t i = 0; i < in.len; i++) {
        out[i] = in.ptr[places ? places[i] : i] ^ text[i];
    }
}

void
cw_tutk_descramble(struct cw_bytes in, uint8_t *out)
{
    while (in.len >= CW_TUTK_BLOCK) {
        descramble_block(in.ptr, out);
        out += CW_TUTK_BLOCK;
        in = cw_bytes_from(in, CW_TUTK_BLOCK);
    }
    descramble_tail(in, out);
}

uint32_t
cw_tutk_peek(struct cw_bytes in)
{
    if (in.len < CW_TUTK_BLOCK) {
        return 0;
    }
    /* places[0..3] are 11, 9, 8 and 15: three bytes of the third word, one of the fourth. */
    uint32_t third = cw_le32_at(in, 8), fourth = cw_le32_at(in, 12);
    third = third << 11 | third >> 21;
    fourth = fourth << 15 | fourth >> 17;
    uint32_t word =
        third >> 24 | (third & 0xff00) | (third & 0xff) << 16 | (fourth >> 24) << 24;
    word ^= cw_le32_at(cw_bytes(text, 4), 0);
    word = word << 1 | word >> 31;
    return word << 24 | (word & 0xff00) << 8 | (word >> 8 & 0xff00) | word >> 24;
}
