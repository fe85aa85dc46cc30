/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "publish/event_body.h"
#include "samples.h"

static int
setup(void **state)
{
    struct cw_event_context context = sample_context(true);
    struct camwatch_event *event = cw_event_new();
    if (!event) {
        return -1;
    }
    cw_event_begin(event, CAMWATCH_EVENT_FLOW_END, SAMPLE_TIME_NS, &context);
    *state = event;
    return 0;
}

static int
teardown(void **state)
{
    cw_event_free(*state);
    return 0;
}

static void
assert_encoded(struct camwatch_event *event, const char *text, const char *expected)
{
    char needle[256];
    cw_event_set_text(event, CAMWATCH_FIELD_DEVICE_NAME, text);
    (void)snprintf(needle, sizeof(needle), "\"camwatch.device.name\":\"%s\"", expected);
    assert_non_null(strstr(camwatch_event_json(event, NULL), needle));
}

static void
escapes_what_json_asks_for(void **state)
{
    static const struct {
        const char *text, *json;
    } cases[] = {
        {"plain", "plain"},
        {"a\"b\\c/d", "a\\\"b\\\\c/d"},
        {"\b\f\n\r\t", "\\b\\f\\n\\r\\t"},
        {"\x01\x1f\x7f", "\\u0001\\u001f\\u007f"},
        {"\xc2\x80\xc2\x9f\xc2\xa0", "\\u0080\\u009f\xc2\xa0"},
        {"\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa", "\\u2028\\u2029\xe2\x80\xaa"},
        {"Kamera Tor \xc3\x9c \xe5\xa4\xa7\xe5\x8d\x8e \xf0\x9f\x93\xb7",
         "Kamera Tor \xc3\x9c \xe5\xa4\xa7\xe5\x8d\x8e \xf0\x9f\x93\xb7"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        assert_encoded(*state, cases[i].text, cases[i].json);
    }
}

#define BAD "\xef\xbf\xbd"

/* RFC 3629 3 and 10: overlong forms, surrogates, beyond U+10FFFF, lone and missing
   continuations. */
static void
replaces_what_is_no_utf8(void **state)
{
    static const struct {
        const char *text, *json;
    } cases[] = {
        {"a\x80z", "a" BAD "z"},
        {"\xc0\xaf", BAD BAD},
        {"\xe0\x80\xaf", BAD BAD BAD},
        {"\xed\xa0\x80", BAD BAD BAD},
        {"\xf4\x90\x80\x80", BAD BAD BAD BAD},
        {"\xff\xfe", BAD BAD},
        {"cut \xe5\xa4", "cut " BAD BAD},
        {"cut \xf0\x9f\x93", "cut " BAD BAD BAD},
        {"\xc2\"", BAD "\\\""},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        assert_encoded(*state, cases[i].text, cases[i].json);
    }
}

static void
types_have_their_json_form(void **state)
{
    struct camwatch_event *event = *state;
    const char *const items[] = {"192.0.2.1", "", NULL, "a,b"};
    cw_event_set_list(event, CAMWATCH_FIELD_DEVICE_IP, items, 4);
    cw_event_set_number(event, CAMWATCH_FIELD_SOURCE_BYTES, INT64_MAX);
    cw_event_set_text(event, CAMWATCH_FIELD_SOURCE_LOCATION, "45.5,-73.6");
    const char *json = camwatch_event_json(event, NULL);
    assert_non_null(strstr(json, "\"camwatch.device.ip\":[\"192.0.2.1\",\"a;b\"]"));
    assert_non_null(strstr(json, "\"source.bytes\":9223372036854775807,"));
    assert_non_null(strstr(json, "\"source.geo.location\":\"45.5,-73.6\""));
    assert_non_null(strstr(json, "\"event.type\":[\"connection\",\"end\"]"));
}

static void
keys_come_in_the_order_of_the_list(void **state)
{
    struct camwatch_event *event = *state;
    struct cw_event_context context = sample_context(true);
    struct cw_record_flow flow = sample_flow();
    struct camwatch_device device = sample_device();
    cw_event_from_flow(event, &flow, &context);
    cw_event_set_device(event, &device);
    cw_event_finish(event, &context);
    size_t len;
    const char *json = camwatch_event_json(event, &len);
    const char *at = json;
    unsigned n = 0;
    for (unsigned i = 0; i < CAMWATCH_N_FIELDS; i++) {
        char key[80];
        (void)snprintf(key, sizeof(key), "\"%s\":", camwatch_field_info(i)->name);
        const char *found = strstr(json, key);
        assert_int_equal(found != NULL, *camwatch_event_text(event, i) != '\0');
        if (found) {
            assert_true(found > at);
            at = found;
            n++;
        }
    }
    assert_true(n > 50);
    assert_int_equal(len, strlen(json));
    assert_null(strchr(json, '\n'));
}

/* The worst that the buffer must hold: every byte of the texts becomes six. */
static void
the_largest_event_fits(void **state)
{
    struct camwatch_event *event = *state;
    char text[200];
    memset(text, '\x01', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    for (unsigned i = 0; i < CAMWATCH_N_FIELDS; i++) {
        const char *const items[] = {text, text, text};
        switch (camwatch_field_info(i)->type) {
        case CAMWATCH_TYPE_LONG:
            cw_event_set_number(event, i, UINT64_MAX);
            break;
        case CAMWATCH_TYPE_LIST:
            cw_event_set_list(event, i, items, 3);
            break;
        case CAMWATCH_TYPE_DATE:
            cw_event_set_time(event, i, INT64_MAX);
            break;
        case CAMWATCH_TYPE_KEYWORD:
        case CAMWATCH_TYPE_IP:
        case CAMWATCH_TYPE_GEO:
            cw_event_set_text(event, i, text);
            break;
        }
    }
    assert_true(cw_event_is_cut(event));
    size_t len;
    (void)camwatch_event_json(event, &len);
    assert_true(len > 5 * CW_EVENT_TEXT_MAX);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(escapes_what_json_asks_for), CASE(replaces_what_is_no_utf8),
        CASE(types_have_their_json_form), CASE(keys_come_in_the_order_of_the_list),
        CASE(the_largest_event_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
