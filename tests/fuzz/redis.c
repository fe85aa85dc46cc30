/* SPDX-License-Identifier: Apache-2.0 */
#include <hiredis.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fuzz.h"
#include "sink/redis_batch.h"
#include "sink/redis_link.h"

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

/* What a server says to a batch of four events, and to the proof after a cut. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct cw_redis_queue queue;
    struct cw_redis_batch batch;
    enum cw_redis_error error;
    char id[CW_REDIS_ID_MAX];
    for (unsigned i = queue.bytes || cw_redis_queue_init(&queue) ? queue.n : 4; i < 4; i++) {
        struct cw_resp room = cw_redis_queue_room(&queue);
        cw_resp_command(&room, 1);
        cw_resp_word(&room, "PING");
        FUZZ_DEMAND(cw_redis_queue_add(&queue, &room, "id"));
    }
    struct redisContext *link = link_to(data, size);
    cw_redis_batch_run(link, &queue, &batch);
    FUZZ_DEMAND(batch.end != CW_REDIS_BATCH_DONE ||
                batch.delivered + batch.refused + batch.kept == batch.n);
    if (batch.end != CW_REDIS_BATCH_CUT) {
        (void)cw_redis_last_id(link, "key", id, &error);
    }
    cw_redis_link_close(&link);
    (void)close(ends[1]);
    return 0;
}
