/* SPDX-License-Identifier: Apache-2.0
 *
 * Test tool: record INTERFACE FILE. Writes what an interface shows as a nanosecond pcap until SIGTERM, so
 * that a test can replay exactly what camwatch live saw. Says "recording" once it does.
 */
#define _GNU_SOURCE
#include <pcap/pcap.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>

static volatile sig_atomic_t is_over;

static void
on_signal(int signal)
{
    (void)signal;
    is_over = 1;
}

static pcap_t *
open_interface(const char *name)
{
    char why[PCAP_ERRBUF_SIZE];
    pcap_t *handle = pcap_create(name, why);
    if (!handle) {
        return NULL;
    }
    (void)pcap_set_snaplen(handle, 262144);
    (void)pcap_set_timeout(handle, 20);
    (void)pcap_set_buffer_size(handle, 64 << 20);
    (void)pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO);
    if (pcap_activate(handle) < 0 || pcap_setnonblock(handle, 1, why) != 0) {
        pcap_close(handle);
        return NULL;
    }
    return handle;
}

int
main(int argc, char **argv)
{
    pcap_t *handle = argc == 3 ? open_interface(argv[1]) : NULL;
    pcap_dumper_t *out = handle ? pcap_dump_open(handle, argv[2]) : NULL;
    if (!out) {
        (void)fprintf(stderr, "usage: record INTERFACE FILE, with the right to capture\n");
        return 1;
    }
    (void)signal(SIGTERM, on_signal);
    (void)puts("recording");
    (void)fflush(stdout);
    while (!is_over) {
        struct pollfd fd = {.fd = pcap_get_selectable_fd(handle), .events = POLLIN};
        (void)poll(&fd, 1, 50);
        (void)pcap_dispatch(handle, -1, pcap_dump, (u_char *)out);
    }
    do { /* longer than a block of the kernel that is not full waits */
        (void)poll(NULL, 0, 100);
    } while (pcap_dispatch(handle, -1, pcap_dump, (u_char *)out) > 0);
    pcap_dump_close(out);
    pcap_close(handle);
    return 0;
}
