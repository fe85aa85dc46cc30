/* SPDX-License-Identifier: Apache-2.0
 *
 * Publishers that end without a word, at different places of their work, with a state file and a file of
 * events and no other keeper: no camera is announced twice and none is left out, however full the ring was.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "camwatch/ring.h"
#include "event/ring.h"
#include "samples.h"

enum { RING_BYTES = 512 * 1024, CAMERAS = 100 };

struct fixture {
    char folder[64], json[96], state[96];
    struct camwatch_ring *ring; /* the parent's handle: it writes */
    void *block;                /* shared */
    int64_t now_ns;
};

static int
setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    assert_non_null(f);
    strcpy(f->folder, "/tmp/camwatch-killed-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    (void)snprintf(f->json, sizeof(f->json), "%s/events", f->folder);
    (void)snprintf(f->state, sizeof(f->state), "%s/state", f->folder);
    f->block =
        mmap(NULL, RING_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(f->block != MAP_FAILED);
    assert_int_equal(camwatch_ring_format(f->block, RING_BYTES, &f->ring), CAMWATCH_OK);
    f->now_ns = SAMPLE_TIME_NS;
    *state = f;
    return 0;
}

static int
teardown(void **state)
{
    static const char *const names[] = {"events", "state", "state.policies", "state.note"};
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char path[160];
        (void)snprintf(path, sizeof(path), "%s/%s", f->folder, names[i]);
        (void)unlink(path);
    }
    assert_int_equal(rmdir(f->folder), 0); /* nothing else was left there */
    camwatch_ring_close(&f->ring);
    (void)munmap(f->block, RING_BYTES);
    free(f);
    return 0;
}

static void
push_camera(struct fixture *f, unsigned number)
{
    struct cw_record_device camera = sample_camera(f->now_ns);
    camera.addr.b[15] = camera.mac.b[5] = (uint8_t)number;
    assert_true(cw_ring_push(f->ring, &camera.head));
}

static struct camwatch_publisher *
open_publisher(const struct fixture *f)
{
    static struct camwatch_ring *ring; /* the child's handle: it reads */
    static struct camwatch_rules *rules;
    struct camwatch_publisher_settings settings;
    struct camwatch_publisher *publisher = NULL;
    struct camwatch_error error;
    assert_int_equal(camwatch_ring_attach(f->block, RING_BYTES, &ring), CAMWATCH_OK);
    assert_int_equal(camwatch_rules_load(KILLED_RULES, NULL, NULL, &rules), CAMWATCH_OK);
    camwatch_publisher_settings_default(&settings);
    settings.rules = rules;
    settings.state_file = f->state;
    settings.rings = &ring;
    settings.n_rings = 1;
    assert_int_equal(camwatch_publisher_open(&settings, &publisher, &error), CAMWATCH_OK);
    assert_int_equal(camwatch_publisher_add_ndjson(publisher, f->json, &error), CAMWATCH_OK);
    return publisher;
}

/* 'r' run, 't' tick a second later, 'f' finish in order; then the process is gone. */
static void
live_and_die(struct fixture *f, const char *deeds)
{
    pid_t pid = fork();
    int status;
    if (pid == 0) {
        struct camwatch_publisher *publisher = open_publisher(f);
        for (int64_t now = f->now_ns; *deeds != '\0'; deeds++) {
            if (*deeds == 'r') {
                (void)camwatch_publisher_run(publisher);
            } else if (*deeds == 't') {
                camwatch_publisher_tick(publisher, now += 1000000000);
            } else {
                (void)camwatch_publisher_finish(publisher);
            }
        }
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    f->now_ns += INT64_C(10000000000);
}

/* How often each camera was announced. */
static void
count_news(const struct fixture *f, unsigned news[CAMERAS])
{
    FILE *file = fopen(f->json, "r");
    static char line[65536];
    assert_non_null(file);
    memset(news, 0, CAMERAS * sizeof(news[0]));
    while (fgets(line, sizeof(line), file)) {
        const char *mac = strstr(line, "mac:00-00-5E-00-53-");
        assert_non_null(strchr(line, '\n'));
        if (strstr(line, "\"device-new\"")) {
            assert_non_null(mac);
            unsigned long number = strtoul(mac + 19, NULL, 16);
            assert_true(number < CAMERAS);
            news[number]++;
        }
    }
    (void)fclose(file);
}

static void
assert_each_once(const struct fixture *f, unsigned n)
{
    unsigned news[CAMERAS];
    count_news(f, news);
    for (unsigned i = 0; i < CAMERAS; i++) {
        assert_int_equal(news[i], i < n ? 1 : 0);
    }
}

static void
test_few_cameras_and_each_place_to_die(void **state)
{
    static const char *const plans[] = {"", "r", "rt", "rr", "rtr", "rtt", "rtrt"};
    struct fixture *f = *state;
    unsigned n = 0;
    for (size_t i = 0; i < sizeof(plans) / sizeof(plans[0]); i++) {
        n += 3; /* the cameras of before are seen again, and three more */
        for (unsigned camera = 0; camera < n; camera++) {
            push_camera(f, camera);
        }
        live_and_die(f, plans[i]);
    }
    live_and_die(f, "rtf");
    assert_each_once(f, n);
}

static void
test_a_ring_that_is_more_than_a_quarter_full(void **state)
{
    struct fixture *f = *state;
    for (unsigned camera = 0; camera < CAMERAS; camera++) {
        push_camera(f, camera);
    }
    assert_true(f->ring->written * 4 > f->ring->capacity);
    live_and_die(f, "r");
    for (unsigned camera = 0; camera < CAMERAS; camera++) {
        push_camera(f, camera);
    }
    live_and_die(f, "rt");
    for (unsigned camera = 0; camera < CAMERAS; camera++) {
        push_camera(f, camera);
    }
    live_and_die(f, "rf");
    assert_each_once(f, CAMERAS);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_few_cameras_and_each_place_to_die, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_a_ring_that_is_more_than_a_quarter_full, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
