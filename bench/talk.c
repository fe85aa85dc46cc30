/* SPDX-License-Identifier: Apache-2.0 */
#include "talk.h"

#include <stdio.h>
#include <string.h>

enum { MEDIA_LEN = 1400 };

static void
set_mac(uint8_t *mac, uint32_t address)
{
    mac[0] = 2; /* locally administered: no maker */
    mac[1] = 0;
    put32(mac + 2,
          address >> 24 == 10 ? address : 1); /* what is not local is behind the router */
}

struct talk
talk_new(struct capture_out *out, uint64_t *clock_us, uint32_t src, uint32_t dst,
         uint16_t src_port, uint16_t dst_port)
{
    struct talk t = {
        .out = out,
        .ends = {.src = src, .dst = dst, .src_port = src_port, .dst_port = dst_port},
        .clock_us = clock_us,
        .seq = {src * 31 + src_port, dst * 17 + dst_port},
    };
    set_mac(t.ends.src_mac, src);
    set_mac(t.ends.dst_mac, dst);
    return t;
}

static void
send_frame(struct talk *t, const struct frame *frame)
{
    capture_out_write(t->out, (*t->clock_us)++, frame->bytes, frame->len, frame->len);
}

static struct ends
ends_from(const struct talk *t, bool from_opener)
{
    return from_opener ? t->ends : ends_back(&t->ends);
}

void
talk_udp(struct talk *t, bool from_opener, const void *payload, size_t len)
{
    struct frame frame;
    struct ends ends = ends_from(t, from_opener);
    frame_udp(&frame, &ends, payload, len);
    send_frame(t, &frame);
}

static void
send_tcp(struct talk *t, bool from_opener, unsigned flags, const void *payload, size_t len)
{
    struct frame frame;
    struct ends ends = ends_from(t, from_opener);
    unsigned from = from_opener ? 0 : 1;
    frame_tcp(&frame, &ends, flags, t->seq[from], t->seq[1 - from], payload, len);
    send_frame(t, &frame);
    t->seq[from] += (uint32_t)len + (flags & (TCP_SYN | TCP_FIN) ? 1 : 0);
}

void
talk_tcp_open(struct talk *t)
{
    send_tcp(t, true, TCP_SYN, NULL, 0);
    send_tcp(t, false, TCP_SYN | TCP_ACK, NULL, 0);
    send_tcp(t, true, TCP_ACK, NULL, 0);
}

void
talk_tcp(struct talk *t, bool from_opener, const void *payload, size_t len)
{
    send_tcp(t, from_opener, TCP_ACK | TCP_PSH, payload, len);
}

void
talk_tcp_ack(struct talk *t, bool from_opener)
{
    send_tcp(t, from_opener, TCP_ACK, NULL, 0);
}

void
talk_tcp_close(struct talk *t)
{
    send_tcp(t, true, TCP_FIN | TCP_ACK, NULL, 0);
    send_tcp(t, false, TCP_FIN | TCP_ACK, NULL, 0);
    send_tcp(t, true, TCP_ACK, NULL, 0);
}

/* RFC 1035: a name as labels; returns its length. */
static size_t
put_name(uint8_t *at, const char *name)
{
    size_t n = 0;
    while (*name) {
        size_t len = strcspn(name, ".");
        at[n++] = (uint8_t)len;
        memcpy(at + n, name, len);
        n += len;
        name += len + (name[len] == '.');
    }
    at[n++] = 0;
    return n;
}

void
talk_dns(struct talk *t, const char *name, unsigned id, uint32_t address)
{
    uint8_t m[512] = {0};
    put16(m, id);
    put16(m + 2, 0x0100);
    put16(m + 4, 1);
    size_t len = 12 + put_name(m + 12, name);
    put32(m + len, 0x00010001); /* A, IN */
    len += 4;
    talk_udp(t, true, m, len);
    put16(m + 2, 0x8180);
    put16(m + 6, 1);
    static const uint8_t answer[] = {0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 0x2c, 0, 4};
    memcpy(m + len, answer, sizeof(answer));
    put32(m + len + sizeof(answer), address);
    talk_udp(t, false, m, len + sizeof(answer) + 4);
}

/* RFC 5246 7.4.1.2 with the extension of RFC 6066 3. */
static size_t
put_hello(uint8_t *m, const char *name, uint64_t seed)
{
    static const uint8_t suites[] = {0x00, 0x06, 0xc0, 0x2f, 0xc0,
                                     0x30, 0x00, 0x2f, 0x01, 0x00};
    size_t n = strlen(name), at = 11;
    memcpy(m, "\x16\x03\x01\0\0\x01\0\0\0\x03\x03", 11);
    for (size_t i = 0; i < 4; i++, at += 8) {
        put32(m + at, (uint32_t)next_random(&seed));
        put32(m + at + 4, (uint32_t)next_random(&seed));
    }
    m[at++] = 0; /* no session */
    memcpy(m + at, suites, sizeof(suites));
    at += sizeof(suites);
    put16(m + at, (unsigned)n + 9);
    put16(m + at + 2, 0);
    put16(m + at + 4, (unsigned)n + 5);
    put16(m + at + 6, (unsigned)n + 3);
    m[at + 8] = 0;
    put16(m + at + 9, (unsigned)n);
    memcpy(m + at + 11, name, n);
    at += 11 + n;
    put16(m + 3, (unsigned)at - 5);
    put16(m + 7, (unsigned)at - 9);
    return at;
}

void
talk_tls(struct talk *t, const char *server_name)
{
    uint8_t m[1024];
    size_t len = put_hello(m, server_name, t->ends.src * 65536ULL + t->ends.src_port);
    talk_tcp(t, true, m, len);
    memset(m, 0xa5, sizeof(m));
    memcpy(m, "\x17\x03\x03\x01\xf4", 5);
    talk_tcp(t, true, m, 505);
    talk_tcp(t, false, m, 505);
}

static void
say(struct talk *t, bool from_opener, const char *text)
{
    talk_tcp(t, from_opener, text, strlen(text));
}

void
talk_rtsp(struct talk *t, bool is_interleaved)
{
    static const char *const transport[] = {"RTP/AVP;unicast;client_port=50000-50001",
                                            "RTP/AVP/TCP;unicast;interleaved=0-1"};
    char text[512];
    say(t, true, "OPTIONS rtsp://camera/stream1 RTSP/1.0\r\nCSeq: 1\r\n\r\n");
    say(t, false, "RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: DESCRIBE, SETUP, PLAY\r\n\r\n");
    say(t, true, "DESCRIBE rtsp://camera/stream1 RTSP/1.0\r\nCSeq: 2\r\n\r\n");
    say(t, false,
        "RTSP/1.0 200 OK\r\nCSeq: 2\r\nServer: Example RTSP\r\n"
        "Content-Type: application/sdp\r\nContent-Length: 54\r\n\r\n"
        "v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n\r\n");
    (void)snprintf(
        text, sizeof(text),
        "SETUP rtsp://camera/stream1/track1 RTSP/1.0\r\nCSeq: 3\r\nTransport: %s\r\n\r\n",
        transport[is_interleaved]);
    say(t, true, text);
    (void)snprintf(text, sizeof(text),
                   "RTSP/1.0 200 OK\r\nCSeq: 3\r\nSession: 1\r\nTransport: %s\r\n\r\n",
                   transport[is_interleaved]);
    say(t, false, text);
    say(t, true, "PLAY rtsp://camera/stream1 RTSP/1.0\r\nCSeq: 4\r\nSession: 1\r\n\r\n");
    say(t, false, "RTSP/1.0 200 OK\r\nCSeq: 4\r\nSession: 1\r\n\r\n");
}

/* RTP with a middle fragment of a picture; what it shows is noise. */
static size_t
put_rtp(uint8_t *m, uint32_t count, uint32_t source)
{
    memset(m, 0x5a, MEDIA_LEN);
    m[0] = 0x80;
    m[1] = 96;
    put16(m + 2, count & 0xffff);
    put32(m + 4, count / 8 * 3600);
    put32(m + 8, source);
    m[12] = 0x7c;
    m[13] = 0x05;
    return MEDIA_LEN;
}

void
talk_rtp(struct talk *t, bool from_opener)
{
    uint8_t m[MEDIA_LEN];
    talk_udp(t, from_opener, m, put_rtp(m, t->count++, t->ends.src));
}

void
talk_rtp_interleaved(struct talk *t)
{
    uint8_t m[MEDIA_LEN + 4] = {'$', 0};
    put16(m + 2, MEDIA_LEN);
    talk_tcp(t, false, m, 4 + put_rtp(m + 4, t->count++, t->ends.dst));
}

void
talk_pppp_alive(struct talk *t)
{
    talk_udp(t, true, "\xf1\xe0\0\0", 4);
    talk_udp(t, false, "\xf1\xe1\0\0", 4);
}

void
talk_pppp_data(struct talk *t)
{
    enum { LEN = 1028 };

    uint8_t m[LEN + 4];
    memset(m, 0x5a, sizeof(m));
    put16(m, 0xf1d0);
    put16(m + 2, LEN);
    put16(m + 4, 0xd100); /* channel 0 */
    put16(m + 6, t->count & 0xffff);
    talk_udp(t, false, m, sizeof(m));
    if (t->count++ % 8 == 0) {
        memcpy(m, "\xf1\xd1\0\x06\xd1\0\0\x01", 8);
        put16(m + 8, (t->count - 1) & 0xffff);
        talk_udp(t, true, m, 10);
    }
}
