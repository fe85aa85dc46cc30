/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "redact.h"

#include <string.h>

static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                            "-_./:,=@%+~…[]";

/* "user:secret@" becomes "user:…@"; a lone part before the @ may be a token: "…@". */
static void
redact_user(const char *user, size_t len, struct cw_buffer *out)
{
    const char *colon = memchr(user, ':', len);
    if (colon) {
        cw_buffer_add(out, user, (size_t)(colon - user) + 1);
    }
    cw_buffer_print(out, "…@");
}

void
cw_redact_url(const char *text, struct cw_buffer *out)
{
    const char *host = strstr(text, "://");
    if (!host) {
        cw_buffer_add(out, text, strlen(text));
        return;
    }
    host += 3;
    cw_buffer_add(out, text, (size_t)(host - text));
    size_t authority = strcspn(host, "/?#");
    const char *at = memrchr(host, '@', authority);
    if (at) {
        redact_user(host, (size_t)(at - host), out);
        authority -= (size_t)(at + 1 - host);
        host = at + 1;
    }
    size_t path = strcspn(host + authority, "?#");
    cw_buffer_add(out, host, authority + path);
    if (host[authority + path] != '\0') {
        cw_buffer_print(out, "%c…", host[authority + path]);
    }
}

static void
quote(const char *word, struct cw_buffer *out)
{
    if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
        cw_buffer_print(out, " %s", word);
        return;
    }
    cw_buffer_print(out, " '");
    for (; *word != '\0'; word++) {
        if (*word == '\'') {
            cw_buffer_print(out, "'\\''");
        } else {
            cw_buffer_add(out, word, 1);
        }
    }
    cw_buffer_print(out, "'");
}

void
cw_redact_command(const char *command, char *const *argv, struct cw_buffer *out)
{
    cw_buffer_print(out, "%s", command);
    for (size_t i = 0; argv[i]; i++) {
        struct cw_buffer word = {.text = NULL};
        cw_redact_url(argv[i], &word);
        quote(cw_buffer_text(&word), out);
        cw_buffer_free(&word);
    }
}
