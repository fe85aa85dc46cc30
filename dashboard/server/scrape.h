/* SPDX-License-Identifier: Apache-2.0
 *
 * Counters over HTTP for whoever scrapes them: GET /metrics and nothing else. No thread of its own: the
 * caller polls and calls.
 */
#ifndef SERVER_SCRAPE_H
#define SERVER_SCRAPE_H

#include <stddef.h>

struct cw_scrape;

/**
 * What is told now, in the text form of Prometheus.
 *
 * @param out  receives it, room bytes at most
 * @return its length; 0: nothing yet, which is answered with 503
 */
typedef size_t (*cw_scrape_fn)(void *user, char *out, size_t room);

enum { CW_SCRAPE_BYTES = 64 * 1024 };

/** @param fd  a listening socket that does not block; given. @return NULL: it cannot be served */
struct cw_scrape *cw_scrape_open(int fd, cw_scrape_fn tell, void *user);

/** To poll for reading. */
int cw_scrape_fd(const struct cw_scrape *scrape);

/** How long to poll at most, ms: 0 while something is left to do, and at most a second, for slow clients are
 *  cut off by time. */
int cw_scrape_wait_ms(const struct cw_scrape *scrape);

/** Do what waits; never blocks. */
void cw_scrape_run(struct cw_scrape *scrape);

#endif
