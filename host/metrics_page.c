/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "metrics_page.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

enum { TRIES = 64, WORDS = CW_METRICS_PAGE_TEXT / 8 };

/* A sequence lock: odd while the text is written. A writer that was killed amidst leaves it odd; the next
 * one makes it even again. */
struct cw_metrics_page {
    _Atomic uint64_t sequence, restarts, len;
    _Atomic uint64_t kernel_drops, interface_drops, process_losses;
    _Atomic uint64_t words[WORDS];
};

struct cw_metrics_page *
cw_metrics_page_new(void)
{
    void *block = mmap(NULL, sizeof(struct cw_metrics_page), PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return block == MAP_FAILED ? NULL : block;
}

void
cw_metrics_page_free(struct cw_metrics_page *page)
{
    if (page) {
        (void)munmap(page, sizeof(*page));
    }
}

bool
cw_metrics_page_protect(struct cw_metrics_page *page)
{
    return mprotect(page, sizeof(*page), PROT_READ) == 0;
}

void
cw_metrics_page_put(struct cw_metrics_page *page, const char *text, size_t len)
{
    uint64_t before =
        atomic_load_explicit(&page->sequence, memory_order_relaxed) & ~UINT64_C(1);
    if (len > CW_METRICS_PAGE_TEXT) {
        return;
    }
    atomic_store_explicit(&page->sequence, before + 1, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    atomic_store_explicit(&page->len, len, memory_order_relaxed);
    for (size_t at = 0; at < len; at += 8) {
        uint64_t word = 0;
        memcpy(&word, text + at, len - at < 8 ? len - at : 8);
        atomic_store_explicit(&page->words[at / 8], word, memory_order_relaxed);
    }
    atomic_store_explicit(&page->sequence, before + 2, memory_order_release);
}

static size_t
copy(const struct cw_metrics_page *page, char *out, size_t room)
{
    size_t len = atomic_load_explicit(&page->len, memory_order_relaxed);
    if (len > CW_METRICS_PAGE_TEXT || len > room) {
        return 0;
    }
    for (size_t at = 0; at < len; at += 8) {
        uint64_t word = atomic_load_explicit(&page->words[at / 8], memory_order_relaxed);
        memcpy(out + at, &word, len - at < 8 ? len - at : 8);
    }
    return len;
}

size_t
cw_metrics_page_get(const struct cw_metrics_page *page, char *out, size_t room)
{
    for (unsigned i = 0; i < TRIES; i++) {
        uint64_t before = atomic_load_explicit(&page->sequence, memory_order_acquire);
        if (before & 1) {
            continue;
        }
        size_t len = copy(page, out, room);
        atomic_thread_fence(memory_order_acquire);
        if (atomic_load_explicit(&page->sequence, memory_order_relaxed) == before) {
            return len;
        }
    }
    return 0;
}

void
cw_metrics_page_set_losses(struct cw_metrics_page *page, const struct camwatch_losses *losses)
{
    atomic_store_explicit(&page->kernel_drops, losses->kernel_drops, memory_order_relaxed);
    atomic_store_explicit(&page->interface_drops, losses->interface_drops,
                          memory_order_relaxed);
    atomic_store_explicit(&page->process_losses, losses->process_losses, memory_order_relaxed);
}

void
cw_metrics_page_losses(const struct cw_metrics_page *page, struct camwatch_losses *out)
{
    *out = (struct camwatch_losses){
        .size = sizeof(*out),
        .kernel_drops = atomic_load_explicit(&page->kernel_drops, memory_order_relaxed),
        .interface_drops = atomic_load_explicit(&page->interface_drops, memory_order_relaxed),
        .process_losses = atomic_load_explicit(&page->process_losses, memory_order_relaxed)};
}

void
cw_metrics_page_set_restarts(struct cw_metrics_page *page, uint64_t restarts)
{
    atomic_store_explicit(&page->restarts, restarts, memory_order_relaxed);
}

uint64_t
cw_metrics_page_restarts(const struct cw_metrics_page *page)
{
    return atomic_load_explicit(&page->restarts, memory_order_relaxed);
}
