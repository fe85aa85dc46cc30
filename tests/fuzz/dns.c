/* SPDX-License-Identifier: Apache-2.0 */
#include "inspect/dns.h"

#include "fuzz.h"
#include "inspect/names.h"

/* Kind of DNS, then messages as pieces: a question is asked, an answer answers it. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cw_cursor in = cw_cursor(cw_bytes(data, size));
    enum cw_dns_kind kind = CW_DNS_UNICAST + cw_cursor_u8(&in) % 3;
    struct cw_names *names = cw_names_new(&(struct cw_names_settings){.max = 16});
    struct cw_names_client client = {.mac = {{0x00, 0x00, 0x5e, 0x00, 0x53, 0x01}}};
    struct cw_bytes piece;
    for (struct cw_dns_message m; fuzz_piece(&in, &piece);) {
        struct cw_bytes stream = piece;
        FUZZ_DEMAND(cw_dns_next_of_tcp(&stream).len < piece.len || piece.len == 0);
        if (cw_dns_parse(piece, kind, &m)) {
            struct cw_name_hit hits[2];
            FUZZ_DEMAND(m.n_addresses <= CW_DNS_ADDRESSES);
            m.is_answer ? (void)cw_names_answer(names, &client, 53, &m, 1)
                        : cw_names_query(names, &client, 53, &m, 1);
            (void)cw_names_find(names, &client, &m.address[0].addr, 2, hits);
        }
    }
    cw_names_free(names);
    return 0;
}
