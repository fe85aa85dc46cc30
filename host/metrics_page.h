/* SPDX-License-Identifier: Apache-2.0
 *
 * A page of memory between three processes: the publisher writes the counters as text, the supervisor how
 * often it started something again and which frames nobody handled, the one behind --metrics reads. Nobody waits for anybody.
 */
#ifndef HOST_METRICS_PAGE_H
#define HOST_METRICS_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "camwatch/publisher.h"

struct cw_metrics_page;

enum { CW_METRICS_PAGE_TEXT = 60 * 1024 };

/** Shared with processes that are forked later. @return NULL with errno set. Given, cw_metrics_page_free. */
struct cw_metrics_page *cw_metrics_page_new(void);
void cw_metrics_page_free(struct cw_metrics_page *page);

/** From now on this process can only read it. @return false with errno set */
bool cw_metrics_page_protect(struct cw_metrics_page *page);

/** One writer. A text that is too long is left out: the old one stays. */
void cw_metrics_page_put(struct cw_metrics_page *page, const char *text, size_t len);

/** A whole text, never half of one. @return its length; 0: none yet, no room, or never one that stood still */
size_t cw_metrics_page_get(const struct cw_metrics_page *page, char *out, size_t room);

/** By the supervisor, for the publisher. */
void cw_metrics_page_set_losses(struct cw_metrics_page *page, const struct camwatch_losses *losses);
void cw_metrics_page_losses(const struct cw_metrics_page *page, struct camwatch_losses *out);

void cw_metrics_page_set_restarts(struct cw_metrics_page *page, uint64_t restarts);
uint64_t cw_metrics_page_restarts(const struct cw_metrics_page *page);

#endif
