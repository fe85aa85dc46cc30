/* SPDX-License-Identifier: Apache-2.0 */
#include "server/reply.h"

#include <microhttpd.h>

#define POLICY                                                                                 \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "          \
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

void
cw_reply_headers(struct MHD_Response *response, const char *type, const char *cache)
{
    const char *const headers[][2] = {
        {"Content-Type", type},
        {"Cache-Control", cache},
        {"Content-Security-Policy", POLICY},
        {"X-Content-Type-Options", "nosniff"},
        {"X-Frame-Options", "DENY"},
        {"Referrer-Policy", "no-referrer"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
    };
    for (size_t i = 0; i < sizeof(headers) / sizeof(*headers); i++) {
        (void)MHD_add_response_header(response, headers[i][0], headers[i][1]);
    }
}

struct MHD_Response *
cw_reply_json(struct cw_body *body)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(body->len, body->text, MHD_RESPMEM_MUST_FREE);
    if (!response) {
        cw_body_free(body);
        return NULL;
    }
    *body = (struct cw_body){.max = body->max};
    cw_reply_headers(response, CW_TYPE_JSON, "no-store");
    return response;
}

bool
cw_reply_queue(struct MHD_Connection *connection, unsigned status,
               struct MHD_Response *response)
{
    if (!response) {
        return false;
    }
    enum MHD_Result result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result == MHD_YES;
}

bool
cw_reply_error(struct MHD_Connection *connection, unsigned status, const char *error,
               const char *what_to_do)
{
    struct cw_body body = {.max = 8192};
    cw_body_open(&body, '{');
    cw_body_key(&body, "error");
    cw_body_text(&body, error);
    cw_body_key(&body, "what_to_do");
    cw_body_text(&body, what_to_do);
    cw_body_close(&body, '}');
    struct MHD_Response *response = body.is_full ? NULL : cw_reply_json(&body);
    if (!response) {
        cw_body_free(&body);
        return false;
    }
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED) {
        (void)MHD_add_response_header(response, "Allow", "GET, HEAD");
    }
    if (status == MHD_HTTP_SERVICE_UNAVAILABLE) {
        (void)MHD_add_response_header(response, "Retry-After", "2");
    }
    return cw_reply_queue(connection, status, response);
}

const char *
cw_request_header(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}
