/* SPDX-License-Identifier: Apache-2.0 */
#include <hiredis.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fuzz.h"
#include "sink/redis_batch.h"
#include "sink/redis_link.h"
#include "sink/redis_proof.h"

static int ends[2];

static struct redisContext *
link_to(const uint8_t *data, size_t size)
{
    FUZZ_DEMAND(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    (void)!write(ends[1], data, size < 65536 ? size : 65536);
    (void)shutdown(ends[1], SHUT_WR);
    struct redisContext *link = redisConnectFd(ends[0]);
    FUZZ_DEMAND(link && !link->err);
    link->flags |= REDIS_BLOCK;
    return link;
}

static uint32_t
count_done(const struct cw_redis_load *load)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < load->n; i++) {
        n += load->done[i];
    }
    return n;
}

/* What a server says to a batch of four events, to the proof after a cut, and to the claim of the
 * lease. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char buffer[CW_REDIS_BATCH_ROOM];
    static const char payload[] = "$1\r\nf\r\n$1\r\nv\r\n";
    struct cw_spool_record records[4];
    struct cw_redis_load load = {.key = "key", .records = records, .n = 4, .first = {1, 1}};
    struct cw_redis_owner owner = {.key = "owner", .token = "us", .lease_ms = 1000};
    struct cw_redis_batch batch;
    struct cw_redis_proof proof;
    enum cw_redis_error error;
    char text[120];
    for (unsigned i = 0; i < 4; i++) {
        records[i] = (struct cw_spool_record){
            .n_words = 2, .len = sizeof(payload) - 1, .payload = payload};
    }
    struct redisContext *link = link_to(data, size);
    cw_redis_batch_run(link, &load, &owner, size % 2, 0, buffer, &batch);
    FUZZ_DEMAND(batch.end != CW_REDIS_BATCH_DONE ||
                batch.delivered + batch.refused + batch.kept == load.n);
    FUZZ_DEMAND(batch.end == CW_REDIS_BATCH_CUT ||
                count_done(&load) == batch.delivered + batch.refused);
    if (batch.end != CW_REDIS_BATCH_CUT) {
        cw_redis_prove(link, &owner, "key", &proof);
        (void)cw_redis_owner_claim(link, &owner, 0, NULL, &error, text);
    }
    cw_redis_link_close(&link);
    (void)close(ends[1]);
    return 0;
}
