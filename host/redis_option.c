/* SPDX-License-Identifier: Apache-2.0 */
#include "redis_option.h"

bool
cw_redis_has_more(const struct camwatch_redis_settings *s)
{
    return s->password_file || s->allow_plaintext_password || s->tls_ca || s->tls_cert ||
           s->tls_key || s->tls_name;
}
