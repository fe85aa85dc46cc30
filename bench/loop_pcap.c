/* SPDX-License-Identifier: Apache-2.0
 *
 * bench-pcap CAPTURE: the least that a program on libpcap can cost: read every packet.
 */
#define _GNU_SOURCE
#include <pcap/pcap.h>
#include <stdio.h>

struct totals {
    unsigned long long packets, bytes;
};

static void
on_packet(u_char *user, const struct pcap_pkthdr *header, const u_char *bytes)
{
    struct totals *totals = (void *)user;
    (void)bytes;
    totals->packets++;
    totals->bytes += header->len;
}

int
main(int argc, char **argv)
{
    char error[PCAP_ERRBUF_SIZE];
    struct totals totals = {0};
    pcap_t *handle = argc == 2 ? pcap_open_offline(argv[1], error) : NULL;
    if (!handle) {
        (void)fprintf(stderr, "bench-pcap: %s\n",
                      argc == 2 ? error : "usage: bench-pcap CAPTURE");
        return 1;
    }
    int result = pcap_loop(handle, 0, on_packet, (u_char *)&totals);
    (void)printf("%llu packets, %llu bytes\n", totals.packets, totals.bytes);
    pcap_close(handle);
    return result == 0 ? 0 : 1;
}
