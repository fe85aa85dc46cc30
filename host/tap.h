/* SPDX-License-Identifier: Apache-2.0
 *
 * One interface, live: libpcap over TPACKET_V3, never blocking; whoever owns the loop polls. Any other
 * libpcap source works as long as it has a descriptor to poll.
 */
#ifndef HOST_TAP_H
#define HOST_TAP_H

#include "camwatch/monitor.h"
#include "deal.h"

struct cw_tap_settings {
    const char *filter; /* in the language of pcap-filter(7); NULL: everything */
    uint64_t buffer;    /* bytes of the kernel's ring; default 64 MiB */
    uint32_t snaplen;   /* default 262144: giant frames of offloading cards too */
    uint32_t wait_ms;   /* longest that a packet waits in the kernel's block; default 50 */
    bool is_promiscuous;
};

/** received = handled + dropped + what still waits in the kernel. */
struct cw_tap_counts {
    uint64_t received; /* as the kernel counted, with what it dropped */
    uint64_t handled;  /* fed to the monitor */
    uint64_t dropped;  /* by the kernel: its ring was full */
    uint64_t reopened; /* times that the interface had vanished and came back */
};

struct cw_tap;

void cw_tap_settings_default(struct cw_tap_settings *settings);

/** @param interface,settings  borrowed. @param index  of the interface, for frames.
 *  Given, cw_tap_free; aborts for lack of memory. Not open yet. */
struct cw_tap *cw_tap_new(const char *interface, uint32_t index,
                          const struct cw_tap_settings *settings);
/** Asks the kernel nothing: another process may go on with the same socket, and its counters. */
void cw_tap_free(struct cw_tap *tap);

/** Start capturing; counters go on. Needs CAP_NET_RAW. @return false: error says why and what to do */
bool cw_tap_open(struct cw_tap *tap, struct camwatch_error *error);

/**
 * The open taps of one interface become a group whose packets the kernel deals out by the program of
 * deal. They start together: nothing that came before all had joined is seen or counted. Waits for a
 * block of the kernel (wait_ms).
 *
 * @param taps  taps[i] is shard i's
 * @return false: error says why; the taps are then useless
 */
bool cw_tap_join(struct cw_tap *const *taps, const struct cw_deal *deal,
                 struct camwatch_error *error);

/** Can it be in a group? Sources of libpcap other than interfaces cannot. */
bool cw_tap_can_join(const struct cw_tap *tap);

/**
 * Another tap of the same interface takes the place of one in its group, and its counters: which packets go
 * to which of them is decided by one step of the kernel, none goes to both and none to neither.
 *
 * @param fresh  not open yet
 * @param old    closed afterwards; what waits in it is lost, and can be told by its counters
 * @return false: error says why; old is as it was, or closed with the interface
 */
bool cw_tap_replace(struct cw_tap *fresh, struct cw_tap *old, struct cw_deal *deal, unsigned shard,
                    struct camwatch_error *error);

/** Let nothing new in; what waits in the kernel can still be read. */
void cw_tap_stop(struct cw_tap *tap);

/** The interface must be opened anew; counters stay. Nothing when it is not open. */
void cw_tap_close(struct cw_tap *tap);

bool cw_tap_is_open(const struct cw_tap *tap);
const char *cw_tap_name(const struct cw_tap *tap);
/** To poll for reading; -1 while not open. */
int cw_tap_fd(const struct cw_tap *tap);

/**
 * Feed what waits to a monitor, at most max frames.
 *
 * @return frames fed; -1: the interface is gone, the tap is closed now and error says how
 */
int cw_tap_read(struct cw_tap *tap, struct camwatch_monitor *monitor, int max,
                struct camwatch_error *error);

/** The same for who wants frames and no monitor: one call each. */
typedef void (*cw_frame_fn)(void *user, const struct camwatch_frame *frame);
int cw_tap_each(struct cw_tap *tap, int max, cw_frame_fn fn, void *user,
                struct camwatch_error *error);

/** Asks the kernel: one system call, and no file. The kernel begins anew with each question: of the processes
 *  that have the tap, one may ask. */
void cw_tap_count(struct cw_tap *tap, struct cw_tap_counts *out);

/** Without asking: as counted last. */
void cw_tap_counted(const struct cw_tap *tap, struct cw_tap_counts *out);

#endif
