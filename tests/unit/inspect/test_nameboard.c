/* SPDX-License-Identifier: Apache-2.0
 *
 * Names that shards share: learnt by one, found by all; bounded; never half of one.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "inspect/nameboard.h"

#define S 1000000000LL

enum { SHARDS = 3 };

static const struct cw_hash_key key = {1, 2};
static const struct cw_names_client camera = {.mac.b = {2, 0, 0, 0, 0, 7}};
static const struct cw_names_client other = {.mac.b = {2, 0, 0, 0, 0, 8}};

static void *
open_block(void)
{
    void *block = mmap(NULL, cw_nameboards_size(SHARDS), PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(block, MAP_FAILED);
    cw_nameboards_format(block, SHARDS, key);
    return block;
}

static struct cw_nameboards
board(void *block, unsigned own)
{
    return (struct cw_nameboards){.block = block, .n = SHARDS, .own = own};
}

static struct cw_addr
address(const char *text)
{
    struct cw_addr addr;
    assert_true(cw_addr_parse(text, &addr));
    return addr;
}

static void
close_block(void *block)
{
    assert_int_equal(munmap(block, cw_nameboards_size(SHARDS)), 0);
}

static void
test_learnt_by_one_found_by_all(void **state)
{
    void *block = open_block();
    struct cw_addr server = address("198.51.100.7"), far = address("198.51.100.8");
    struct cw_nameboards writer = board(block, 1), reader = board(block, 2);
    struct cw_name_hit hits[2];
    (void)state;
    cw_nameboards_put(&writer, &camera, &server, "cam.example", 100 * S, 200 * S);
    assert_int_equal(cw_nameboards_find(&reader, &camera, &server, 150 * S, hits), 1);
    assert_string_equal(hits[0].name, "cam.example");
    assert_true(hits[0].is_own);
    assert_int_equal(hits[0].answered_ns, 100 * S);
    assert_int_equal(cw_nameboards_find(&reader, &other, &server, 150 * S, hits), 0);
    assert_int_equal(cw_nameboards_find(&reader, &camera, &far, 150 * S, hits), 0);
    assert_int_equal(cw_nameboards_find(&reader, NULL, &server, 150 * S, hits), 0);
    assert_int_equal(cw_nameboards_find(&reader, &camera, &server, 99 * S, hits), 0);
    assert_int_equal(cw_nameboards_find(&reader, &camera, &server, 201 * S, hits), 0);
    cw_nameboards_put(&writer, NULL, &server, "cam.example", 100 * S, 200 * S);
    assert_int_equal(cw_nameboards_find(&reader, NULL, &server, 150 * S, hits), 1);
    assert_false(hits[0].is_own);
    close_block(block);
}

static void
test_latest_two_of_several_boards(void **state)
{
    void *block = open_block();
    struct cw_addr server = address("2001:db8::7");
    struct cw_nameboards boards[] = {board(block, 0), board(block, 1), board(block, 2)};
    struct cw_name_hit hits[2];
    (void)state;
    cw_nameboards_put(&boards[0], &camera, &server, "first.example", 100 * S, 900 * S);
    cw_nameboards_put(&boards[1], &camera, &server, "third.example", 300 * S, 900 * S);
    cw_nameboards_put(&boards[2], &camera, &server, "second.example", 200 * S, 900 * S);
    cw_nameboards_put(&boards[2], &camera, &server, "third.example", 250 * S, 900 * S);
    assert_int_equal(cw_nameboards_find(&boards[0], &camera, &server, 500 * S, hits), 2);
    assert_string_equal(hits[0].name, "third.example");
    assert_string_equal(hits[1].name, "second.example");
    /* asked again: the answer before it still speaks for a flow that began then */
    cw_nameboards_put(&boards[1], &camera, &server, "third.example", 600 * S, 900 * S);
    assert_int_equal(cw_nameboards_find(&boards[0], &camera, &server, 350 * S, hits), 2);
    assert_string_equal(hits[0].name, "third.example");
    close_block(block);
}

static void
test_flood_is_bounded(void **state)
{
    void *block = open_block();
    struct cw_nameboards boards = board(block, 0);
    struct cw_addr server = address("198.51.100.7");
    struct cw_name_hit hits[2];
    (void)state;
    for (uint32_t i = 0; i < 200000; i++) {
        memcpy(server.b + 12, &i, sizeof(i));
        cw_nameboards_put(&boards, &camera, &server, "flood.example", i * S, (i + 3600) * S);
    }
    assert_int_equal(cw_nameboards_find(&boards, &camera, &server, 200000 * S, hits), 1);
    close_block(block);
}

/* One writes the same place over and over, names of one letter each; nobody reads two letters. */
static void
test_never_half_a_name(void **state)
{
    void *block = open_block();
    struct cw_nameboards writer = board(block, 0), reader = board(block, 1);
    struct cw_addr server = address("198.51.100.7");
    unsigned found = 0;
    int status;
    (void)state;
    pid_t pid = fork();
    if (pid == 0) {
        for (unsigned i = 0; i < 100000; i++) {
            char name[200];
            memset(name, 'a' + (int)(i % 26), sizeof(name) - 1);
            name[sizeof(name) - 1] = '\0';
            cw_nameboards_put(&writer, &camera, &server, name, (int64_t)i + 1, 1000 * S);
        }
        _exit(0);
    }
    while (waitpid(pid, &status, WNOHANG) == 0) {
        struct cw_name_hit hits[2];
        size_t n = cw_nameboards_find(&reader, &camera, &server, 500 * S, hits);
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(strlen(hits[i].name), 199);
            assert_int_equal(strspn(hits[i].name, (char[]){hits[i].name[0], '\0'}), 199);
            found++;
        }
    }
    assert_int_equal(status, 0);
    assert_true(found > 0);
    close_block(block);
}

/* One shard sees question and answer; the flow to that address, or to it from another device, is in another. */
static void
test_tables_of_two_shards(void **state)
{
    void *block = open_block();
    struct cw_nameboards boards[] = {board(block, 0), board(block, 1)};
    struct cw_names *asked = cw_names_new(
        &(struct cw_names_settings){.max = 64, .key = {3, 4}, .boards = &boards[0]});
    struct cw_names *flows = cw_names_new(
        &(struct cw_names_settings){.max = 64, .key = {5, 6}, .boards = &boards[1]});
    struct cw_dns_message message = {.id = 7, .qtype = 1, .name = "cam.example"};
    struct cw_addr server = address("198.51.100.7");
    struct cw_name_hit hits[2];
    (void)state;
    cw_names_query(asked, &camera, 4000, &message, 10 * S);
    message.is_answer = true;
    message.n_addresses = 1;
    message.address[0].addr = server;
    message.address[0].ttl = 60;
    assert_true(cw_names_answer(asked, &camera, 4000, &message, 10 * S));
    assert_int_equal(cw_names_find(flows, &camera, &server, 11 * S, hits), 1);
    assert_string_equal(hits[0].name, "cam.example");
    assert_true(hits[0].is_own);
    assert_int_equal(cw_names_find(flows, &other, &server, 11 * S, hits), 1);
    assert_false(hits[0].is_own);
    cw_names_free(asked);
    cw_names_free(flows);
    close_block(block);
}

static void
test_only_what_was_formatted(void **state)
{
    void *block = open_block();
    size_t size = cw_nameboards_size(SHARDS);
    (void)state;
    assert_true(cw_nameboards_are_good(block, size, SHARDS));
    assert_false(cw_nameboards_are_good(block, size, SHARDS - 1));
    assert_false(cw_nameboards_are_good(block, size - 1, SHARDS));
    memset(block, 0, 8);
    assert_false(cw_nameboards_are_good(block, size, SHARDS));
    close_block(block);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_learnt_by_one_found_by_all),
        cmocka_unit_test(test_latest_two_of_several_boards),
        cmocka_unit_test(test_flood_is_bounded),
        cmocka_unit_test(test_never_half_a_name),
        cmocka_unit_test(test_tables_of_two_shards),
        cmocka_unit_test(test_only_what_was_formatted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
