/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <string.h>

#include "json.h"
#include "survey.h"
#include "text.h"

#define SECOND 1000000000LL

enum { TITLE_COLUMNS = 16 };

/* ---- for people ---- */

/* Bits a second: "12.3 Mbit/s" */
static const char *
show_rate(double bits, char out[CW_NUMBER_MAX])
{
    static const char *const units[] = {"bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"};
    size_t unit = 0;
    while (bits >= 1000 && unit + 1 < sizeof(units) / sizeof(units[0])) {
        bits /= 1000;
        unit++;
    }
    (void)snprintf(out, CW_NUMBER_MAX, bits < 100 && unit > 0 ? "%.1f %s" : "%.0f %s", bits,
                   units[unit]);
    return out;
}

/* What was watched: live by the clock, else from the first frame to the last. */
static int64_t
span_of(const struct cw_survey_counts *n)
{
    return n->watched_ns > 0 ? n->watched_ns : n->last_ns - n->first_ns;
}

static void
write_head(const struct cw_survey_counts *n, const char *source, const struct cw_term *term)
{
    char span[CW_NUMBER_MAX], frames[CW_NUMBER_MAX], rate[CW_NUMBER_MAX], peak[CW_NUMBER_MAX],
        each[CW_NUMBER_MAX];
    struct cw_buffer name = {.text = NULL};
    double seconds = (double)span_of(n) / (double)SECOND;
    seconds = seconds < 1 ? 1 : seconds; /* a rate over less means nothing */
    cw_buffer_show(&name, source, term->is_utf8);
    (void)fprintf(term->out, "%s%s%s\n", cw_style_on(term, CW_STYLE_BOLD),
                  cw_buffer_text(&name), cw_style_off(term, CW_STYLE_BOLD));
    (void)fprintf(term->out, "%s frames in %s: %s, %s frames/s; peak %s\n\n",
                  cw_show_count(n->frames, frames), cw_show_span(span_of(n), span),
                  show_rate((double)n->bytes * 8 / seconds, rate),
                  cw_show_count((uint64_t)((double)n->frames / seconds), each),
                  show_rate((double)n->peak_bytes * 8, peak));
    cw_buffer_free(&name);
}

static void
write_finding(const struct cw_survey_finding *f, const struct cw_term *term)
{
    static const struct {
        enum cw_style style;
        const char *utf8, *ascii;
    } signs[] = {[CW_SURVEY_GOOD] = {CW_STYLE_GOOD, "●", "+"},
                 [CW_SURVEY_NOTE] = {CW_STYLE_NAME, "●", "."},
                 [CW_SURVEY_WARNING] = {CW_STYLE_WARN, "▲", "!"}};

    (void)fprintf(term->out, "  %s%s%s %s%-*s%s ", cw_style_on(term, signs[f->state].style),
                  cw_term_sign(term, signs[f->state].utf8, signs[f->state].ascii),
                  cw_style_off(term, signs[f->state].style), cw_style_on(term, CW_STYLE_BOLD),
                  TITLE_COLUMNS, f->title, cw_style_off(term, CW_STYLE_BOLD));
    cw_term_wrap_behind(term, TITLE_COLUMNS + 5, CW_STYLE_PLAIN, f->text);
}

static void
write_advice(const struct cw_survey_finding *items, size_t n, const struct cw_term *term)
{
    bool has_title = false;
    for (size_t i = 0; i < n; i++) {
        const struct cw_survey_finding *f = &items[i];
        if (!f->advice) {
            continue;
        }
        if (!has_title) {
            (void)fprintf(term->out, "\n%sWhat camwatch cannot see here, and what to do%s\n",
                          cw_style_on(term, CW_STYLE_BOLD), cw_style_off(term, CW_STYLE_BOLD));
            has_title = true;
        }
        (void)fprintf(
            term->out, "  %s%-*s%s   ",
            cw_style_on(term, f->state == CW_SURVEY_WARNING ? CW_STYLE_WARN : CW_STYLE_PLAIN),
            TITLE_COLUMNS, f->title,
            cw_style_off(term, f->state == CW_SURVEY_WARNING ? CW_STYLE_WARN : CW_STYLE_PLAIN));
        cw_term_wrap_behind(term, TITLE_COLUMNS + 5, CW_STYLE_PLAIN, f->advice);
    }
}

void
cw_survey_write(const struct cw_survey_counts *n, const char *source,
                const struct cw_term *term)
{
    struct cw_survey_finding items[CW_SURVEY_FINDINGS];
    size_t len = cw_survey_judge(n, items);
    write_head(n, source, term);
    for (size_t i = 0; i < len; i++) {
        write_finding(&items[i], term);
    }
    write_advice(items, len, term);
}

/* ---- for programs ---- */

#define SURVEY_NUMBERS(X)                                                                      \
    X(frames)                                                                                  \
    X(bytes)                                                                                   \
    X(parsed)                                                                                  \
    X(kernel_drops)                                                                            \
    X(peak_bytes)                                                                              \
    X(peak_frames)                                                                             \
    X(ip)                                                                                      \
    X(ip6)                                                                                     \
    X(arp)                                                                                     \
    X(unicast)                                                                                 \
    X(fragments)                                                                               \
    X(truncated)                                                                               \
    X(captured_most)                                                                           \
    X(giant)                                                                                   \
    X(longest)                                                                                 \
    X(copies)                                                                                  \
    X(tagged)                                                                                  \
    X(double_tagged)                                                                           \
    X(home)                                                                                    \
    X(inside)                                                                                  \
    X(hosts)                                                                                   \
    X(encrypted)                                                                               \
    X(dns_queries)                                                                             \
    X(dns_answers)                                                                             \
    X(dns_private)                                                                             \
    X(dns_clients)                                                                             \
    X(dhcp)                                                                                    \
    X(discovery)                                                                               \
    X(conversations)                                                                           \
    X(one_way)                                                                                 \
    X(tag_one_side)                                                                            \
    X(routers)                                                                                 \
    X(nats)                                                                                    \
    X(not_kept)

static void
put_lists(struct cw_json *json, const struct cw_survey_counts *n)
{
#define CW_X(name) name,
    static const char *const tunnels[] = {CW_SURVEY_TUNNELS(CW_X)};
#undef CW_X
    char number[CW_NUMBER_MAX];
    cw_json_begin(json, "drops", '{');
    for (unsigned i = 1; i < CAMWATCH_N_DROPS; i++) {
        cw_json_number_if(json, camwatch_drop_text(i), n->drops[i]);
    }
    cw_json_end(json, '}');
    cw_json_begin(json, "vlans", '{');
    for (unsigned i = 1; i < CW_SURVEY_VLANS; i++) {
        (void)snprintf(number, sizeof(number), "%u", i);
        cw_json_number_if(json, number, n->vlans[i]);
    }
    cw_json_end(json, '}');
    cw_json_begin(json, "tunnels", '{');
    for (size_t i = 0; i < CW_SURVEY_N_TUNNELS; i++) {
        cw_json_number_if(json, tunnels[i], n->tunnels[i]);
    }
    cw_json_end(json, '}');
}

static void
put_machines(struct cw_json *json, const struct cw_survey_counts *n)
{
    char text[CW_SURVEY_ADDRESS];
    cw_json_begin(json, "router", '[');
    for (size_t i = 0; i < n->routers && i < CW_SURVEY_ROUTERS; i++) {
        cw_json_begin(json, NULL, '{');
        cw_json_text(json, "mac", cw_survey_mac(n->router[i].mac, text));
        cw_json_number(json, "outside", n->router[i].outside);
        cw_json_number(json, "inside", n->router[i].inside);
        cw_json_end(json, '}');
    }
    cw_json_end(json, ']');
    cw_json_begin(json, "nat", '[');
    for (size_t i = 0; i < n->nats && i < CW_SURVEY_NATS; i++) {
        cw_json_begin(json, NULL, '{');
        cw_json_text(json, "address", cw_survey_address(n->nat[i].address, text));
        cw_json_number(json, "ttl", n->nat[i].ttl);
        cw_json_number(json, "frames", n->nat[i].frames);
        cw_json_end(json, '}');
    }
    cw_json_end(json, ']');
}

static void
put_findings(struct cw_json *json, const struct cw_survey_counts *n)
{
    static const char *const states[] = {
        [CW_SURVEY_GOOD] = "good", [CW_SURVEY_NOTE] = "note", [CW_SURVEY_WARNING] = "warning"};
    struct cw_survey_finding items[CW_SURVEY_FINDINGS];
    size_t len = cw_survey_judge(n, items);
    cw_json_begin(json, "findings", '[');
    for (size_t i = 0; i < len; i++) {
        cw_json_begin(json, NULL, '{');
        cw_json_text(json, "id", items[i].id);
        cw_json_text(json, "state", states[items[i].state]);
        cw_json_text(json, "text", items[i].text);
        cw_json_text_if(json, "advice", items[i].advice ? items[i].advice : "");
        cw_json_end(json, '}');
    }
    cw_json_end(json, ']');
}

bool
cw_survey_write_json(const struct cw_survey_counts *n, const char *source, FILE *out)
{
    struct cw_json json = {.out = out};
    char text[CW_SURVEY_ADDRESS];
    cw_json_begin(&json, NULL, '{');
    cw_json_text(&json, "source", source);
    if (n->frames > 0) {
        cw_json_time(&json, "first", n->first_ns);
        cw_json_time(&json, "last", n->last_ns);
    }
#define CW_X(name) cw_json_number(&json, #name, n->name);
    SURVEY_NUMBERS(CW_X)
#undef CW_X
    if (n->busiest_frames > 0) {
        cw_json_text(&json, "busiest", cw_survey_address(n->busiest, text));
        cw_json_number(&json, "busiest_frames", n->busiest_frames);
    }
    put_lists(&json, n);
    put_machines(&json, n);
    put_findings(&json, n);
    cw_json_end(&json, '}');
    (void)fputc('\n', out);
    return fflush(out) == 0 && ferror(out) == 0;
}
