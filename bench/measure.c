/* SPDX-License-Identifier: Apache-2.0
 *
 * bench-measure COMMAND...: runs it and prints CPU seconds, wall seconds, peak memory in MB and the
 * exit status to descriptor 3. CPU seconds are user and system together.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double
seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static double
now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int
main(int argc, char **argv)
{
    if (argc < 2) {
        (void)fputs("usage: bench-measure COMMAND... 3>RESULT\n", stderr);
        return 2;
    }
    double start = now();
    pid_t child = fork();
    if (child == 0) {
        (void)execvp(argv[1], argv + 1);
        perror(argv[1]);
        _exit(127);
    }
    int status;
    struct rusage used;
    if (child < 0 || wait4(child, &status, 0, &used) != child) {
        perror("bench-measure");
        return 1;
    }
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    (void)dprintf(3, "%.3f %.3f %.1f %d\n", seconds(used.ru_utime) + seconds(used.ru_stime),
                  now() - start, (double)used.ru_maxrss / 1024, code);
    return code;
}
