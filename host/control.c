/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "control.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "clock.h"
#include "text.h"

enum { QUESTION_MAX = 64, WAIT_MS = 500, BACKLOG = 8 };

bool
cw_control_open(struct cw_control *control, struct camwatch_error *error)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int len = snprintf(address.sun_path, sizeof(address.sun_path), "%s/" CW_CONTROL_SOCKET,
                       control->settings->run_dir);
    control->fd = -1;
    if (len < 0 || (size_t)len >= sizeof(address.sun_path)) {
        (void)snprintf(error->text, sizeof(error->text),
                       "--run-dir: the path is too long for a socket");
        return false;
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    (void)unlink(address.sun_path); /* of a process that died: the folder is ours alone */
    if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof(address)) != 0 ||
        listen(fd, BACKLOG) != 0) {
        (void)snprintf(error->text, sizeof(error->text), "%.200s: %s", address.sun_path,
                       strerror(errno));
        if (fd >= 0) {
            (void)close(fd);
        }
        return false;
    }
    control->fd = fd;
    return true;
}

void
cw_control_close(struct cw_control *control)
{
    if (control->fd >= 0) {
        (void)close(control->fd);
        control->fd = -1;
    }
}

/* ---- answers ---- */

static void
add_cell(struct cw_buffer *out, const char *text, bool is_last)
{
    for (; *text != '\0'; text++) {
        char c = (unsigned char)*text < ' ' || *text == 0x7f ? '?' : *text;
        cw_buffer_add(out, &c, 1);
    }
    cw_buffer_add(out, is_last ? "\n" : "\t", 1);
}

static void
add_number(struct cw_buffer *out, const char *name, uint64_t number)
{
    cw_buffer_print(out, "%s\t%" PRIu64 "\n", name, number);
}

static void
add_pair(struct cw_buffer *out, const char *name, const char *text)
{
    add_cell(out, name, false);
    add_cell(out, text, true);
}

static void
answer_status(const struct cw_control *control, struct cw_buffer *out)
{
    const struct cw_recent_stats *s = &control->recent->stats;
    char text[CW_NUMBER_MAX];
    cw_buffer_print(out, "what\tvalue\n");
    add_pair(out, "sensor", control->settings->sensor);
    for (size_t i = 0; i < control->settings->interfaces.n; i++) {
        add_pair(out, "interface", control->settings->interfaces.items[i]);
    }
    add_number(out, "shards", control->settings->shards);
    add_pair(out, "publisher started", cw_show_time(control->started_ns, text));
    add_pair(out, "counters of", s->time_ns ? cw_show_time(s->time_ns, text) : "none yet");
    add_number(out, "frames", s->packets);
    add_number(out, "dropped by the kernel", s->kernel_drops);
    add_number(out, "dropped by interfaces", s->interface_drops);
    add_number(out, "lost with a process", s->process_losses);
    add_number(out, "flows", s->flows);
    add_number(out, "devices", s->devices);
    add_number(out, "alerts", control->recent->opened);
}

static void
add_drops(struct cw_buffer *out, const char *drops)
{
    while (*drops != '\0') {
        size_t len = strcspn(drops, ",");
        size_t name = strcspn(drops, "=,");
        if (name < len) {
            cw_buffer_print(out, "drop %.*s\t%.*s\n", (int)name, drops, (int)(len - name - 1),
                            drops + name + 1);
        }
        drops += len + (drops[len] == ',');
    }
}

static void
answer_counters(const struct cw_control *control, struct cw_buffer *out)
{
    struct camwatch_publisher_account account = {.size = sizeof(account)};
    const struct cw_recent_stats *s = &control->recent->stats;
    camwatch_publisher_get_account(control->publisher, &account);
    cw_buffer_print(out, "counter\tvalue\n");
    add_number(out, "frames", s->packets);
    add_number(out, "frames parsed", s->parsed);
    add_number(out, "bytes", s->bytes);
    add_number(out, "frames truncated", s->truncated);
    add_number(out, "frames dropped by the kernel", s->kernel_drops);
    add_number(out, "frames dropped by interfaces", s->interface_drops);
    add_number(out, "frames lost with a process", s->process_losses);
    add_number(out, "flows", s->flows);
    add_number(out, "flows opened", s->flows_new);
    add_drops(out, s->drops);
    add_number(out, "records", account.records);
    add_number(out, "records bad", account.bad_records);
    add_number(out, "events", account.events);
    for (size_t i = 0; i < account.n_sinks; i++) {
        const struct camwatch_sink_account *sink = &account.sinks[i].account;
        cw_buffer_print(out,
                        "%s given\t%" PRIu64 "\n%s delivered\t%" PRIu64 "\n%s lost\t%" PRIu64
                        "\n%s pending\t%" PRIu64 "\n",
                        account.sinks[i].name, sink->given, account.sinks[i].name,
                        sink->delivered, account.sinks[i].name, sink->lost + sink->refused,
                        account.sinks[i].name, sink->pending);
    }
}

static void
add_device(void *user, const struct camwatch_device *d)
{
    struct cw_buffer *out = user;
    char text[CW_NUMBER_MAX];
    if (!d->is_surveillance) {
        return;
    }
    add_cell(out, d->id, false);
    add_cell(out, d->n_addresses > 0 ? d->addresses[0] : "", false);
    add_cell(out, camwatch_device_kind_text(d->kind), false);
    add_cell(out, d->brand, false);
    add_cell(out, d->maker, false);
    add_cell(out, d->model, false);
    add_cell(out, camwatch_band_text(d->band), false);
    cw_buffer_print(out, "%u\t", d->confidence);
    add_cell(out, cw_show_time(d->last_ns, text), false);
    add_cell(out, camwatch_asset_status_text(d->asset_status), false);
    add_cell(out, d->asset_name, true);
}

/* Listed and never seen: a row without an id. */
static void
add_absent(void *user, const struct camwatch_asset *asset)
{
    struct cw_buffer *out = user;
    const char *cells[] = {"",           asset->address[0] ? asset->address : asset->mac,
                           "",           "",
                           asset->maker, "",
                           "",           "",
                           "never",      "never-seen"};
    for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
        add_cell(out, cells[i], false);
    }
    add_cell(out, asset->name[0] ? asset->name : asset->serial, true);
}

static void
answer_devices(const struct cw_control *control, struct cw_buffer *out)
{
    cw_buffer_print(out, "id\taddress\tkind\tbrand\tmaker\tmodel\tband\tconfidence\tlast "
                         "seen\tlist\tasset\n");
    camwatch_publisher_devices(control->publisher, add_device, out);
    camwatch_publisher_absent_assets(control->publisher, add_absent, out);
}

static void
answer_alerts(const struct cw_control *control, struct cw_buffer *out)
{
    const struct cw_recent *r = control->recent;
    uint64_t first = r->n_alerts > CW_RECENT_ALERTS ? r->n_alerts - CW_RECENT_ALERTS : 0;
    cw_buffer_print(out, "time\tkind\tseverity\trule\tdevice\tmessage\n");
    for (uint64_t i = first; i < r->n_alerts; i++) {
        const struct cw_recent_alert *a = &r->alerts[i % CW_RECENT_ALERTS];
        add_cell(out, a->when, false);
        add_cell(out, a->kind, false);
        cw_buffer_print(out, "%u\t", a->severity);
        add_cell(out, a->rule, false);
        add_cell(out, a->device, false);
        add_cell(out, a->message, true);
    }
}

static void
answer(const struct cw_control *control, const char *question, struct cw_buffer *out)
{
    static const struct {
        const char *name;
        void (*answer)(const struct cw_control *control, struct cw_buffer *out);
    } rows[] = {{"status", answer_status},
                {"devices", answer_devices},
                {"alerts", answer_alerts},
                {"counters", answer_counters}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strcmp(question, rows[i].name) == 0) {
            rows[i].answer(control, out);
        }
    }
}

/* ---- one connection ---- */

static bool
read_question(int fd, char out[QUESTION_MAX])
{
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    ssize_t n = poll(&ready, 1, WAIT_MS) == 1 ? recv(fd, out, QUESTION_MAX - 1, 0) : -1;
    if (n <= 0) {
        return false;
    }
    out[n] = '\0';
    out[strcspn(out, "\r\n")] = '\0';
    return true;
}

static void
send_answer(int fd, const char *text, size_t len)
{
    int64_t end = cw_clock_steady() + WAIT_MS * 1000000LL;
    while (len > 0 && cw_clock_steady() < end) {
        ssize_t n = send(fd, text, len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n > 0) {
            text += n;
            len -= (size_t)n;
        } else if (errno == EAGAIN) {
            struct pollfd ready = {.fd = fd, .events = POLLOUT};
            (void)poll(&ready, 1, WAIT_MS);
        } else {
            return;
        }
    }
}

void
cw_control_serve(struct cw_control *control)
{
    char question[QUESTION_MAX];
    int fd = control->fd >= 0 ? accept4(control->fd, NULL, NULL, SOCK_CLOEXEC) : -1;
    if (fd < 0) {
        return;
    }
    if (read_question(fd, question)) {
        struct cw_buffer out = {.text = NULL};
        answer(control, question, &out);
        send_answer(fd, cw_buffer_text(&out), out.len);
        cw_buffer_free(&out);
    }
    (void)close(fd);
}
