/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sandbox.h"

#include <cap-ng.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <pwd.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static bool
fail(struct camwatch_error *error, const char *what, const char *why)
{
    (void)snprintf(error->text, sizeof(error->text), "%s: %s", what, why);
    return false;
}

static bool
become(const char *user, struct camwatch_error *error)
{
    errno = 0;
    const struct passwd *entry = getpwnam(user);
    if (!entry) {
        return fail(error, user, errno ? strerror(errno) : "there is no such user");
    }
    int status = capng_change_id((int)entry->pw_uid, (int)entry->pw_gid,
                                 CAPNG_DROP_SUPP_GRP | CAPNG_CLEAR_BOUNDING);
    return status == 0 || fail(error, user, "cannot become this user");
}

bool
cw_sandbox_drop(const char *user, bool keeps_raw, struct camwatch_error *error)
{
    bool could_bound =
        capng_get_caps_process() == 0 && capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP);
    capng_clear(CAPNG_SELECT_BOTH);
    if (keeps_raw) {
        (void)capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, CAP_NET_RAW);
    }
    if (user && geteuid() == 0) {
        if (!become(user, error)) {
            return false;
        }
    } else if (capng_apply(could_bound ? CAPNG_SELECT_BOTH : CAPNG_SELECT_CAPS) != 0) {
        return fail(error, "capabilities", "cannot be given up");
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        return fail(error, "no_new_privs", strerror(errno));
    }
    return true;
}

/* What every process needs: to wait, to log, to tell time, memory, an orderly end. */
static const int common_calls[] = {
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(close),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(recvmsg),
    SCMP_SYS(sendmsg),
    SCMP_SYS(getsockopt),
    SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(futex),
    SCMP_SYS(getrandom),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(sched_yield),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(tgkill),
    SCMP_SYS(lseek),
};

/* Sockets that are open already, files, and connections. */
static const int publisher_calls[] = {
    SCMP_SYS(openat),
    SCMP_SYS(open),
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(stat),
    SCMP_SYS(lstat),
    SCMP_SYS(statx),
    SCMP_SYS(statfs),
    SCMP_SYS(fstatfs),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(getdents64),
    SCMP_SYS(getcwd),
    SCMP_SYS(pread64),
    SCMP_SYS(pwrite64),
    SCMP_SYS(readv),
    SCMP_SYS(fsync),
    SCMP_SYS(fdatasync),
    SCMP_SYS(ftruncate),
    SCMP_SYS(fallocate),
    SCMP_SYS(rename),
    SCMP_SYS(renameat),
    SCMP_SYS(renameat2),
    SCMP_SYS(unlink),
    SCMP_SYS(unlinkat),
    SCMP_SYS(mkdir),
    SCMP_SYS(mkdirat),
    SCMP_SYS(flock),
    SCMP_SYS(umask),
    SCMP_SYS(fchmod),
    SCMP_SYS(fcntl),
    SCMP_SYS(ioctl),
    SCMP_SYS(dup),
    SCMP_SYS(pipe2),
    SCMP_SYS(uname),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(connect),
    SCMP_SYS(bind),
    SCMP_SYS(listen),
    SCMP_SYS(accept),
    SCMP_SYS(accept4),
    SCMP_SYS(sendto),
    SCMP_SYS(recvfrom),
    SCMP_SYS(sendmmsg),
    SCMP_SYS(recvmmsg),
    SCMP_SYS(shutdown),
    SCMP_SYS(getsockname),
    SCMP_SYS(getpeername),
    SCMP_SYS(setsockopt),
    SCMP_SYS(epoll_create1),
    SCMP_SYS(epoll_ctl),
    SCMP_SYS(epoll_wait),
    SCMP_SYS(rt_sigpending),
    SCMP_SYS(rt_sigtimedwait),
    SCMP_SYS(eventfd2),
    SCMP_SYS(sysinfo),
    SCMP_SYS(prlimit64),
    SCMP_SYS(getrlimit),
    SCMP_SYS(memfd_create),
    SCMP_SYS(rseq),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(sched_getaffinity), /* the sender's thread, as it starts */
};

/* Processes and what they do before they are confined themselves: give up capabilities, load libraries,
 * start threads, and open interfaces. */
static const int supervisor_calls[] = {
    SCMP_SYS(clone),
    SCMP_SYS(clone3),
    SCMP_SYS(fork),
    SCMP_SYS(vfork),
    SCMP_SYS(wait4),
    SCMP_SYS(waitid),
    SCMP_SYS(kill),
    SCMP_SYS(prctl),
    SCMP_SYS(seccomp),
    SCMP_SYS(capget),
    SCMP_SYS(capset),
    SCMP_SYS(getppid),
    SCMP_SYS(set_tid_address),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(signalfd4),
    SCMP_SYS(socketpair),
    SCMP_SYS(setrlimit),
    SCMP_SYS(msync),
    SCMP_SYS(mlock),
    SCMP_SYS(munlock),
    SCMP_SYS(getresuid),
    SCMP_SYS(getresgid),
    SCMP_SYS(socket),
    SCMP_SYS(fchown),
    SCMP_SYS(chmod),
    SCMP_SYS(fchmodat),
    SCMP_SYS(rmdir),
    SCMP_SYS(link),
    SCMP_SYS(linkat),
    SCMP_SYS(getrusage),
    SCMP_SYS(eventfd2),
    SCMP_SYS(pselect6),
    SCMP_SYS(epoll_pwait),
    SCMP_SYS(sched_getparam),
    SCMP_SYS(sched_getscheduler),
};

static int
allow(scmp_filter_ctx filter, const int *calls, size_t n)
{
    int status = 0;
    for (size_t i = 0; i < n && status == 0; i++) {
        status = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
        status = status == -EDOM ? 0 : status; /* a call that this machine does not have */
    }
    return status;
}

/* Memory, but none that can be run. */
static int
allow_data_memory(scmp_filter_ctx filter)
{
    int status = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
                                  SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    return status ? status
                  : seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                                     SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
}

static int
allow_monitor(scmp_filter_ctx filter)
{
    int status = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(setsockopt), 2,
                                  SCMP_A1(SCMP_CMP_EQ, SOL_SOCKET),
                                  SCMP_A2(SCMP_CMP_EQ, SO_ATTACH_FILTER));
    if (status == 0) { /* closing a capture gives its ring back */
        status = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(setsockopt), 2,
                                  SCMP_A1(SCMP_CMP_EQ, SOL_PACKET),
                                  SCMP_A2(SCMP_CMP_EQ, PACKET_RX_RING));
    }
    /* libpcap asks whether an interface that went down is still there */
    static const unsigned questions[] = {SIOCGIFFLAGS, SIOCGIFINDEX, SIOCGIFNAME};
    for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]) && status == 0; i++) {
        status = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
                                  SCMP_A1(SCMP_CMP_EQ, questions[i]));
    }
    static const int calls[] = {SCMP_SYS(recvfrom), SCMP_SYS(getsockname)};
    return status ? status : allow(filter, calls, sizeof(calls) / sizeof(calls[0]));
}

static int
allow_publisher(scmp_filter_ctx filter)
{
    static const unsigned families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};
    int status =
        allow(filter, publisher_calls, sizeof(publisher_calls) / sizeof(publisher_calls[0]));
    for (size_t i = 0; i < sizeof(families) / sizeof(families[0]) && status == 0; i++) {
        status = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1,
                                  SCMP_A0(SCMP_CMP_EQ, families[i]));
    }
    return status;
}

static int
allow_supervisor(scmp_filter_ctx filter)
{
    int status =
        allow(filter, publisher_calls, sizeof(publisher_calls) / sizeof(publisher_calls[0]));
    status = status ? status
                    : allow(filter, supervisor_calls,
                            sizeof(supervisor_calls) / sizeof(supervisor_calls[0]));
    /* a name that is looked up may load a library: its code is mapped, and never written */
    static const int calls[] = {SCMP_SYS(mmap), SCMP_SYS(mprotect)};
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]) && status == 0; i++) {
        status =
            seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 1,
                             SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_WRITE | PROT_EXEC, PROT_EXEC));
    }
    return status;
}

static int
allow_metrics(scmp_filter_ctx filter)
{
    static const int calls[] = {
        SCMP_SYS(accept4),    SCMP_SYS(accept),   SCMP_SYS(epoll_wait),  SCMP_SYS(epoll_pwait),
        SCMP_SYS(epoll_ctl),  SCMP_SYS(recvfrom), SCMP_SYS(sendto),      SCMP_SYS(shutdown),
        SCMP_SYS(setsockopt), SCMP_SYS(fcntl),    SCMP_SYS(getsockname), SCMP_SYS(getpeername),
    };
    return allow(filter, calls, sizeof(calls) / sizeof(calls[0]));
}

static bool
confine(int (*more)(scmp_filter_ctx), struct camwatch_error *error)
{
    tzset(); /* reads /etc/localtime now, so that nothing does later */
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (!filter) {
        return fail(error, "seccomp", "out of memory");
    }
    int status = allow(filter, common_calls, sizeof(common_calls) / sizeof(common_calls[0]));
    status = status ? status : allow_data_memory(filter);
    status = status ? status : more(filter);
    /* every thread of the process: the sender of events was started before */
    status = status ? status : seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
    status = status ? status : seccomp_load(filter);
    seccomp_release(filter);
    return status == 0 || fail(error, "seccomp", strerror(-status));
}

bool
cw_sandbox_supervisor(struct camwatch_error *error)
{
    return confine(allow_supervisor, error);
}

bool
cw_sandbox_monitor(struct camwatch_error *error)
{
    return confine(allow_monitor, error);
}

bool
cw_sandbox_metrics(struct camwatch_error *error)
{
    return confine(allow_metrics, error);
}

bool
cw_sandbox_publisher(struct camwatch_error *error)
{
    return confine(allow_publisher, error);
}
