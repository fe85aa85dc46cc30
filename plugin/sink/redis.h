/* SPDX-License-Identifier: Apache-2.0
 *
 * Events into Redis streams, one stream a purpose: camwatch:{SENSOR}:alerts|devices|flows|stats.
 *
 * Each event is appended to its stream's log (spool.h: a file that outlives the process, or
 * memory). A thread of the sink's own takes batches from the logs, alerts first, and sends them as
 * MULTI, XADD..., EXEC, one at a time, under the lease on the sensor's name. IDs of entries are
 * given by camwatch and written down before they are sent; after a cut the stream's last ID tells
 * what had arrived. The log is released only by proof of delivery. State keys follow in a pipeline
 * of their own. The publisher's thread never waits for the server unless that was asked for.
 */
#ifndef CW_SINK_REDIS_H
#define CW_SINK_REDIS_H

#include "camwatch/publisher.h"
#include "sink/redis_error.h"
#include "sink/sink.h"

/**
 * Connect, authenticate and make the sink.
 *
 * @param settings  copied; sensor must be set; its name may hold letters, digits and ._-
 * @param out       written only on CAMWATCH_OK
 * @retval CAMWATCH_EINVAL bad URL, sensor name or password source
 * @retval CAMWATCH_EREFUSED the server says no (password, ACL, database)
 * @retval CAMWATCH_EIO not reachable
 * @retval CAMWATCH_EBUSY another publisher has the name, or another process the spool
 * @retval CAMWATCH_EUNSUPPORTED rediss:// in a build without TLS
 * error never holds the URL or the password. Blocks up to the time-outs, and up to the length of a
 * lease where a process that died may hold it. With a spool folder a server that is away is no
 * error.
 */
int cw_redis_open(const struct camwatch_redis_settings *settings, struct cw_sink *out,
                  struct camwatch_error *error);

/** More than the account says: for the summary and for tests. */
struct cw_redis_stats {
    uint64_t
        appended[CAMWATCH_N_STREAMS]; /* events that each log ever took, over all restarts */
    uint64_t batches;                 /* executed */
    uint64_t ahead;          /* of those, that waited in their MULTI for the one before */
    uint64_t discards;       /* that waited so in vain */
    uint64_t connects;       /* including the first */
    uint64_t cuts;           /* connections that broke with a batch under way */
    uint64_t moved;          /* times that a cluster sent us to another node */
    uint64_t proved;         /* events found delivered after a cut */
    uint64_t recovered;      /* events found in the spool at open */
    uint64_t damaged;        /* events that the spool could not give back */
    uint64_t foreign;        /* times that somebody else had written to a stream */
    uint64_t rolled_back;    /* times that a server had lost acknowledged entries */
    uint64_t gone;           /* times that a whole stream was missing */
    uint64_t replayed;       /* events sent again for that */
    uint64_t lost_after_ack; /* entries that could not be, as far as known */
    uint64_t refused_full;   /* events that found no room in the spool */
    uint64_t unsaved;        /* batches whose IDs could not be written down */
    uint64_t state_failed;   /* state commands refused or lost */
    uint64_t errors[CW_N_REDIS_ERRORS]; /* replies by class */
    uint64_t trimmed;                   /* entries that were older than allowed */
    uint64_t list_failed; /* events that are not in the list though in their stream */
};

/** @param self of a sink that cw_redis_open gave */
void cw_redis_get_stats(const void *self, struct cw_redis_stats *out);

#endif
