/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "server/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <microhttpd.h>

#include "server/confine.h"
#include "server/fill.h"
#include "server/http.h"
#include "server/listen.h"
#include "server/live.h"
#include "server/reader.h"

enum {
    CONNECTIONS_DEFAULT = 256,
    BROWSERS_DEFAULT = 100,
    OWN_HOSTS = 3,
    FILL_PAUSE_MS = 500, /* while Redis is away */
    GOODBYE_ROUNDS = 50,
    GOODBYE_NS = 20000000,
};

struct cw_dashboard {
    struct cw_listener listener;
    struct cw_hub *hub;
    struct cw_pages *pages;
    struct cw_reader reader;
    struct cw_source filler;
    struct cw_asker asker;
    struct cw_http http;
    const char **hosts; /* owned */
    struct MHD_Daemon *daemon;
    pthread_t threads[3];
    unsigned n_threads;
};

static void *
run_reader(void *opaque)
{
    struct cw_dashboard *self = opaque;
    while (!cw_hub_is_stopping(self->hub)) {
        cw_reader_run(&self->reader);
    }
    cw_source_drop(&self->reader.source);
    return NULL;
}

static void *
run_filler(void *opaque)
{
    struct cw_dashboard *self = opaque;
    while (!cw_hub_is_stopping(self->hub)) {
        struct cw_client *client = cw_hub_take(self->hub);
        if (!client) {
            continue;
        }
        bool is_good = cw_source_ready(&self->filler) && cw_fill(&self->filler, client);
        cw_hub_give_back(client, is_good ? 0 : FILL_PAUSE_MS);
    }
    cw_source_drop(&self->filler);
    return NULL;
}

static int
fail(struct camwatch_error *error, int status, const char *what)
{
    (void)snprintf(error->text, sizeof(error->text), "%s", what);
    return status;
}

static int
read_sensors(struct cw_dashboard *self, const struct cw_dashboard_settings *settings,
             struct camwatch_error *error)
{
    struct cw_sensor_names *names = &self->asker.names;
    names->is_fixed = settings->n_sensors > 0;
    for (size_t i = 0; i < settings->n_sensors; i++) {
        if (!cw_redis_sensor_is_good(settings->sensors[i])) {
            (void)snprintf(error->text, sizeof(error->text),
                           "'%.128s' is no sensor's name: letters, digits and ._- are allowed",
                           settings->sensors[i]);
            return CAMWATCH_EINVAL;
        }
        if (!cw_sensor_names_add(names, cw_bytes_text(settings->sensors[i]))) {
            return fail(error, CAMWATCH_EINVAL, "more than 256 sensors are named");
        }
    }
    return CAMWATCH_OK;
}

static bool
collect_hosts(struct cw_dashboard *self, const struct cw_dashboard_settings *settings)
{
    static const char *const own[OWN_HOSTS] = {"localhost", "127.0.0.1", "[::1]"};
    self->hosts = calloc(OWN_HOSTS + settings->n_hosts, sizeof(*self->hosts));
    if (!self->hosts) {
        return false;
    }
    memcpy(self->hosts, own, sizeof(own));
    for (size_t i = 0; i < settings->n_hosts; i++) {
        self->hosts[OWN_HOSTS + i] = settings->hosts[i];
    }
    self->http.hosts = self->hosts;
    self->http.n_hosts = OWN_HOSTS + settings->n_hosts;
    self->http.checks_host = !self->listener.path[0] || settings->n_hosts > 0;
    return true;
}

static int
make_parts(struct cw_dashboard *self, const struct cw_dashboard_settings *settings,
           struct camwatch_error *error)
{
    self->hub = cw_hub_new(cw_live_wake,
                           settings->max_browsers ? settings->max_browsers : BROWSERS_DEFAULT);
    self->pages = cw_pages_new();
    if (!self->hub || !self->pages || !collect_hosts(self, settings)) {
        return fail(error, CAMWATCH_ENOMEM, "out of memory");
    }
    self->reader.hub = self->hub;
    self->http.hub = self->hub;
    self->http.asker = &self->asker;
    self->http.pages = self->pages;
    self->http.max_connections =
        settings->max_connections ? settings->max_connections : CONNECTIONS_DEFAULT;
    return CAMWATCH_OK;
}

static int
start_threads(struct cw_dashboard *self, struct camwatch_error *error)
{
    void *(*const runs[])(void *) = {run_reader, run_filler, cw_asker_run};
    void *const arguments[] = {self, self, &self->asker};
    for (unsigned i = 0; i < 3; i++) {
        if (pthread_create(&self->threads[i], NULL, runs[i], arguments[i]) != 0) {
            return fail(error, CAMWATCH_ENOMEM, "cannot start a thread");
        }
        self->n_threads++;
    }
    self->daemon = cw_http_start(&self->http, self->listener.fd);
    return self->daemon ? CAMWATCH_OK : fail(error, CAMWATCH_EIO, "cannot serve HTTP");
}

static int
open_dashboard(struct cw_dashboard *self, const struct cw_dashboard_settings *settings,
               struct camwatch_error *error)
{
    struct camwatch_redis_settings redis;
    camwatch_redis_settings_default(&redis);
    redis.url = settings->redis_url;
    redis.password_file = settings->password_file;
    redis.allow_plaintext_password = settings->allow_plaintext_password;
    redis.tls_ca = settings->tls_ca;
    redis.tls_cert = settings->tls_cert;
    redis.tls_key = settings->tls_key;
    redis.tls_name = settings->tls_name;
    int status = read_sensors(self, settings, error);
    if (status == CAMWATCH_OK) {
        status = cw_redis_route_init(&redis, &self->reader.source.route, error);
    }
    if (status == CAMWATCH_OK) {
        cw_redis_route_copy(&self->filler.route, &self->reader.source.route);
        cw_redis_route_copy(&self->asker.source.route, &self->reader.source.route);
        status = cw_listen(settings->listen ? settings->listen : "127.0.0.1:8470",
                           &self->listener, error);
    }
    if (status == CAMWATCH_OK) {
        status = cw_confine(settings->user, error);
    }
    if (status == CAMWATCH_OK) {
        status = make_parts(self, settings, error);
    }
    return status == CAMWATCH_OK ? start_threads(self, error) : status;
}

int
cw_dashboard_open(const struct cw_dashboard_settings *settings, struct cw_dashboard **out,
                  struct camwatch_error *error)
{
    struct cw_dashboard *self = calloc(1, sizeof(*self));
    if (!self) {
        return fail(error, CAMWATCH_ENOMEM, "out of memory");
    }
    self->listener.fd = -1;
    cw_asker_init(&self->asker, cw_http_wake);
    int status = open_dashboard(self, settings, error);
    if (status != CAMWATCH_OK) {
        cw_dashboard_close(&self);
        return status;
    }
    *out = self;
    return CAMWATCH_OK;
}

const char *
cw_dashboard_address(const struct cw_dashboard *dashboard)
{
    return dashboard->listener.shown;
}

/* Browsers get the end of their streams before the daemon closes what is left. */
static void
say_goodbye(struct cw_dashboard *self)
{
    const struct timespec pause = {.tv_nsec = GOODBYE_NS};
    for (unsigned i = 0; i < GOODBYE_ROUNDS && cw_hub_clients(self->hub) > 0; i++) {
        (void)nanosleep(&pause, NULL);
    }
}

static void
stop(struct cw_dashboard *self)
{
    if (self->hub) {
        cw_hub_stop(self->hub);
    }
    cw_asker_stop(&self->asker);
    for (unsigned i = 0; i < self->n_threads; i++) {
        (void)pthread_join(self->threads[i], NULL);
    }
    if (self->daemon) {
        say_goodbye(self);
        MHD_stop_daemon(self->daemon); /* closes the listening socket */
        self->listener.fd = -1;
    }
}

void
cw_dashboard_close(struct cw_dashboard **dashboard)
{
    struct cw_dashboard *self = *dashboard;
    if (!self) {
        return;
    }
    stop(self);
    cw_listener_close(&self->listener);
    cw_pages_free(self->pages);
    cw_hub_free(self->hub);
    cw_asker_fini(&self->asker);
    cw_redis_route_wipe(&self->reader.source.route);
    cw_redis_route_wipe(&self->filler.route);
    cw_redis_route_wipe(&self->asker.source.route);
    free(self->hosts);
    free(self);
    *dashboard = NULL;
}
