/* SPDX-License-Identifier: Apache-2.0
 *
 * What the processes may not do any more kills them; what they need still works.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "channel.h"
#include "sandbox.h"

enum { WORKED = 0, DID_NOT = 1, NOT_CONFINED = 2 };

typedef bool (*confine_fn)(struct camwatch_error *error);
typedef bool (*act_fn)(void);

/* Do it in a process that is confined so. @return its wait status */
static int
act(confine_fn confine, act_fn what)
{
    int status;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct camwatch_error error = {""};
        if (!cw_sandbox_drop(NULL, false, &error) || !confine(&error)) {
            _exit(NOT_CONFINED);
        }
        _exit(what() ? WORKED : DID_NOT);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static bool
open_file(void)
{
    return open("/etc/hostname", O_RDONLY | O_CLOEXEC) >= 0;
}

static bool
open_socket(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) >= 0;
}

static bool
open_unix_socket(void)
{
    return socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
}

static bool
open_packet_socket(void)
{
    return socket(AF_PACKET, SOCK_RAW, 0) >= 0;
}

static bool
start_process(void)
{
    return fork() >= 0;
}

static bool
run_program(void)
{
    char *const arguments[] = {(char[]){"true"}, NULL};
    return execv("/bin/true", arguments) == 0;
}

static bool
trace(void)
{
    return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0;
}

static bool
make_code(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                0) != MAP_FAILED;
}

static bool
make_data_code(void)
{
    void *block = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return mprotect(block, 4096, PROT_READ | PROT_EXEC) == 0;
}

static bool
kill_another(void)
{
    return kill(getppid(), 0) == 0;
}

static bool
change_mode(void)
{
    return syscall(SYS_setuid, 0) == 0;
}

static bool
wait_and_tell(void)
{
    struct timespec now;
    void *block =
        mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *memory = malloc(1 << 20);
    bool is_good = block != MAP_FAILED && memory && clock_gettime(CLOCK_REALTIME, &now) == 0 &&
                   write(STDOUT_FILENO, "", 0) == 0;
    free(memory);
    return is_good && munmap(block, 1 << 20) == 0;
}

static bool
take_descriptor(void)
{
    int fd;
    (void)cw_channel_receive(STDIN_FILENO, &fd);
    return true;
}

static void
assert_dies(confine_fn confine, act_fn what, const char *name)
{
    int status = act(confine, what);
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS) {
        fail_msg("%s: not killed by SIGSYS (wait status %x)", name, (unsigned)status);
    }
}

static void
assert_works(confine_fn confine, act_fn what, const char *name)
{
    int status = act(confine, what);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != WORKED) {
        fail_msg("%s: did not work (wait status %x)", name, (unsigned)status);
    }
}

#define DIES(confine, what)  assert_dies(confine, what, #what)
#define WORKS(confine, what) assert_works(confine, what, #what)

static void
test_monitor(void **state)
{
    (void)state;
    DIES(cw_sandbox_monitor, open_file);
    DIES(cw_sandbox_monitor, open_socket);
    DIES(cw_sandbox_monitor, open_unix_socket);
    DIES(cw_sandbox_monitor, open_packet_socket);
    DIES(cw_sandbox_monitor, start_process);
    DIES(cw_sandbox_monitor, run_program);
    DIES(cw_sandbox_monitor, trace);
    DIES(cw_sandbox_monitor, make_code);
    DIES(cw_sandbox_monitor, make_data_code);
    DIES(cw_sandbox_monitor, kill_another);
    DIES(cw_sandbox_monitor, change_mode);
    WORKS(cw_sandbox_monitor, wait_and_tell);
    WORKS(cw_sandbox_monitor, take_descriptor);
}

static void
test_metrics(void **state)
{
    (void)state;
    DIES(cw_sandbox_metrics, open_file);
    DIES(cw_sandbox_metrics, open_socket);
    DIES(cw_sandbox_metrics, open_unix_socket);
    DIES(cw_sandbox_metrics, open_packet_socket);
    DIES(cw_sandbox_metrics, start_process);
    DIES(cw_sandbox_metrics, run_program);
    DIES(cw_sandbox_metrics, trace);
    DIES(cw_sandbox_metrics, make_code);
    DIES(cw_sandbox_metrics, make_data_code);
    DIES(cw_sandbox_metrics, kill_another);
    DIES(cw_sandbox_metrics, change_mode);
    WORKS(cw_sandbox_metrics, wait_and_tell);
}

static void
test_publisher(void **state)
{
    (void)state;
    DIES(cw_sandbox_publisher, open_packet_socket);
    DIES(cw_sandbox_publisher, start_process);
    DIES(cw_sandbox_publisher, run_program);
    DIES(cw_sandbox_publisher, trace);
    DIES(cw_sandbox_publisher, make_code);
    DIES(cw_sandbox_publisher, make_data_code);
    DIES(cw_sandbox_publisher, kill_another);
    DIES(cw_sandbox_publisher, change_mode);
    WORKS(cw_sandbox_publisher, open_file);
    WORKS(cw_sandbox_publisher, open_socket);
    WORKS(cw_sandbox_publisher, open_unix_socket);
    WORKS(cw_sandbox_publisher, wait_and_tell);
}

static bool
become_root(void)
{
    return syscall(SYS_setresuid, 0, 0, 0) == 0;
}

static bool
make_any_code(void)
{
    void *block = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return mprotect(block, 4096, PROT_READ | PROT_WRITE | PROT_EXEC) == 0;
}

static bool
mount_something(void)
{
    return mount("none", "/", "tmpfs", 0, NULL) == 0;
}

static bool
load_filter_program(void)
{
    return syscall(SYS_bpf, 0, NULL, 0) >= 0;
}

/* What it forks confines itself further, as the monitors and the publisher do. */
static bool
fork_monitor(void)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        struct camwatch_error error = {""};
        bool is_confined = cw_sandbox_drop(NULL, false, &error) && cw_sandbox_monitor(&error);
        _exit(is_confined && wait_and_tell() ? WORKED : DID_NOT);
    }
    return waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
           WEXITSTATUS(status) == WORKED;
}

static bool
fork_publisher(void)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        struct camwatch_error error = {""};
        bool is_confined = cw_sandbox_drop(NULL, false, &error) && cw_sandbox_publisher(&error);
        _exit(is_confined && open_file() && open_socket() ? WORKED : DID_NOT);
    }
    return waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
           WEXITSTATUS(status) == WORKED;
}

static void
test_supervisor(void **state)
{
    (void)state;
    DIES(cw_sandbox_supervisor, run_program);
    DIES(cw_sandbox_supervisor, trace);
    DIES(cw_sandbox_supervisor, make_code);
    DIES(cw_sandbox_supervisor, make_any_code);
    DIES(cw_sandbox_supervisor, change_mode);
    DIES(cw_sandbox_supervisor, become_root);
    DIES(cw_sandbox_supervisor, mount_something);
    DIES(cw_sandbox_supervisor, load_filter_program);
    WORKS(cw_sandbox_supervisor, wait_and_tell);
    WORKS(cw_sandbox_supervisor, kill_another);
    WORKS(cw_sandbox_supervisor, fork_monitor);
    WORKS(cw_sandbox_supervisor, fork_publisher);
}

static bool
has_nothing_left(void)
{
    char line[128] = "";
    bool is_empty = false;
    FILE *in = fopen("/proc/self/status", "re");
    while (in && fgets(line, sizeof(line), in)) {
        unsigned long long bits;
        if (sscanf(line, "CapEff: %llx", &bits) == 1) {
            is_empty = bits == 0;
        }
    }
    return is_empty && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
}

static bool
stay(struct camwatch_error *error)
{
    (void)error;
    return true;
}

static void
test_no_capabilities(void **state)
{
    (void)state;
    WORKS(stay, has_nothing_left);
}

/* Where we are root: the supervisor's way, to a user with one capability. */
static void
test_becomes_user(void **state)
{
    int status;
    (void)state;
    if (geteuid() != 0) {
        skip();
    }
    pid_t pid = fork();
    if (pid == 0) {
        struct camwatch_error error = {""};
        bool is_done = cw_sandbox_drop("nobody", true, &error);
        bool is_other = geteuid() != 0 && getuid() != 0 && getegid() != 0;
        bool can_capture = socket(AF_PACKET, SOCK_RAW, 0) >= 0;
        _exit(is_done && is_other && can_capture && setuid(0) != 0 ? WORKED : DID_NOT);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), WORKED);
}

static void
test_unknown_user(void **state)
{
    int status;
    (void)state;
    if (geteuid() != 0) {
        skip();
    }
    pid_t pid = fork();
    if (pid == 0) {
        struct camwatch_error error = {""};
        bool is_refused = !cw_sandbox_drop("no-such-user", true, &error);
        _exit(is_refused && strstr(error.text, "no such user") ? WORKED : DID_NOT);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(WEXITSTATUS(status), WORKED);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_monitor),         cmocka_unit_test(test_metrics),
        cmocka_unit_test(test_publisher),
        cmocka_unit_test(test_no_capabilities), cmocka_unit_test(test_becomes_user),
        cmocka_unit_test(test_unknown_user),    cmocka_unit_test(test_supervisor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
