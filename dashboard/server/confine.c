/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "server/confine.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static int
fail(struct camwatch_error *error, int status, const char *what, const char *why)
{
    (void)snprintf(error->text, sizeof(error->text), "giving up rights: %.200s: %.200s", what,
                   why);
    return status;
}

static int
become(const char *user, struct camwatch_error *error)
{
    const struct passwd *to = getpwnam(user);
    if (!to) {
        return fail(error, CAMWATCH_EINVAL, user, "no such user");
    }
    if (geteuid() == to->pw_uid) {
        return CAMWATCH_OK;
    }
    if (initgroups(user, to->pw_gid) != 0 ||
        setresgid(to->pw_gid, to->pw_gid, to->pw_gid) != 0 ||
        setresuid(to->pw_uid, to->pw_uid, to->pw_uid) != 0) {
        return fail(error, CAMWATCH_EIO, user, strerror(errno));
    }
    return CAMWATCH_OK;
}

/* Without libcap: two calls of the kernel are all there is to it. */
static bool
drop_capabilities(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{.effective = 0}};
    for (unsigned long i = 0; prctl(PR_CAPBSET_READ, i, 0, 0, 0) >= 0; i++) {
        (void)prctl(PR_CAPBSET_DROP, i, 0, 0, 0); /* allowed to root only: others have none */
    }
    (void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    return syscall(SYS_capset, &header, none) == 0;
}

int
cw_confine(const char *user, struct camwatch_error *error)
{
    int status = user ? become(user, error) : CAMWATCH_OK;
    if (status != CAMWATCH_OK) {
        return status;
    }
    if (!drop_capabilities()) {
        return fail(error, CAMWATCH_EIO, "capabilities", strerror(errno));
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        return fail(error, CAMWATCH_EIO, "no_new_privs", strerror(errno));
    }
    return CAMWATCH_OK;
}
