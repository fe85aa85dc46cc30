/* SPDX-License-Identifier: Apache-2.0 */
#include "publish/schema.h"

#include "camwatch/drops.h"
#include "camwatch/event.h"
#include "publish/vocabulary.h"

static const char INTRODUCTION[] =
    "<!-- SPDX-License-Identifier: Apache-2.0\n"
    "     Generated from include/camwatch/fields.h and terms.h, and held against them by a "
    "test. -->\n"
    "# Events\n"
    "\n"
    "camwatch publishes flat events: the keys are the dotted names below, which follow "
    "ECS " CAMWATCH_ECS_VERSION
    " where ECS\nhas a name. NDJSON leaves empty fields out; Redis streams always "
    "carry all fields of their stream, in this\norder, and write what is unknown as the empty "
    "text. "
    "Lists are arrays in NDJSON and joined by `,` in streams\n(a `,` inside an item is written "
    "`;`). "
    "Numbers are whole. Times are RFC 3339 in UTC with 9 digits. MACs are\nwritten "
    "`00-00-5E-00-53-01`.\n"
    "\n"
    "- `source` opened the flow, `destination` is the other end. `camwatch.local` is always "
    "the device's\n"
    "  side and `camwatch.peer` the far end, whoever opened it.\n"
    "- Bytes and packets are totals since the start of the flow; the deltas of a flow's events "
    "sum to "
    "them.\n"
    "- `event.id`: live the id of the sensor's start, the letter of the stream and a number "
    "without gaps "
    "in\n  that stream, so that a missing number is a lost event; in replay 32 hex digits over "
    "the "
    "contents.\n"
    "- Countries and autonomous systems say where an address is *registered*. Questions to a "
    "DNS "
    "resolver\n  (`network.protocol` `dns`) name what was asked for; their far end is "
    "nobody's, so "
    "`camwatch.peer.country`,\n  `camwatch.peer.asn` and `camwatch.activity` stay empty.\n"
    "- An alert of a policy is told `open` once, `updated` after 1, 2, 4, 8 and 16 hours and "
    "then "
    "each day while\n  it goes on, and `closed` when nothing more matched for 15 minutes (or "
    "the span "
    "of its threshold), when the\n  device it is about is gone, when the policy is re-armed or "
    "when an "
    "allow row lets it pass. All bear one\n  `camwatch.alert.id`. The digest of what a policy "
    "learnt has "
    "an id and no state.\n"
    "- `camwatch.evidence` items are `kind:points:seen:rule:frame`, the strongest first. The "
    "frame is of\n"
    "  `camwatch.capture.file` (or `FILE#FRAME`) and empty live; the rule is `rules/FILE:LINE` "
    "or\n"
    "  `wire/SIGNATURE`. To take one apart: "
    "`^([a-z-]+):(\\d+):(.*):((?:rules|wire)/[^,]*?):([^:]*)$`.\n";

static const char *
type_text(enum camwatch_field_type type)
{
    static const char *const texts[] = {
        [CAMWATCH_TYPE_KEYWORD] = "text", [CAMWATCH_TYPE_IP] = "address",
        [CAMWATCH_TYPE_LONG] = "number",  [CAMWATCH_TYPE_DATE] = "time",
        [CAMWATCH_TYPE_GEO] = "lat,lon",  [CAMWATCH_TYPE_LIST] = "list",
    };
    return texts[type];
}

static void
put_streams(FILE *out)
{
    (void)fputs(
        "\n## Streams and kinds\n\n| stream | kind (`event.action`) | when |\n|---|---|---|\n",
        out);
#define ROW(s, t, h)                                                                           \
    if (CAMWATCH_EVENT_##s != CAMWATCH_EVENT_NONE) {                                           \
        (void)fprintf(out, "| %s | `%s` | %s |\n",                                             \
                      camwatch_stream_text(cw_event_kind_stream(CAMWATCH_EVENT_##s)), t, h);   \
    }
    CAMWATCH_EVENT_KINDS(ROW)
#undef ROW
}

static void
put_fields(FILE *out)
{
    (void)fputs(
        "\n## Fields\n\nA alerts, D devices, F flows, S stats; a bold letter: every event of "
        "that "
        "stream has the field.\n\n| field | type | streams | meaning |\n|---|---|---|---|\n",
        out);
    for (unsigned i = 0; i < CAMWATCH_N_FIELDS; i++) {
        const struct camwatch_field_info *info = camwatch_field_info(i);
        (void)fprintf(out, "| `%s` | %s |", info->name, type_text(info->type));
        for (unsigned stream = 0; stream < CAMWATCH_N_STREAMS; stream++) {
            if (info->streams & 1u << stream) {
                (void)fprintf(out, cw_field_is_required(i, stream) ? " **%c**" : " %c",
                              "ADFS"[stream]);
            }
        }
        (void)fprintf(out, " | %s |\n", info->help);
    }
}

#define PUT_TERM(s, t, h)                                                                      \
    if (*(t)) {                                                                                \
        (void)fprintf(out, "| `%s` | %s |\n", t, h);                                           \
    }

#define PUT_TERMS(title, LIST)                                                                 \
    (void)fputs("\n### " title "\n\n| value | meaning |\n|---|---|\n", out);                   \
    LIST(PUT_TERM)

static void
put_vocabularies(FILE *out)
{
    (void)fputs("\n## Vocabularies\n", out);
    PUT_TERMS("camwatch.alert.state", CAMWATCH_ALERT_STATES)
    PUT_TERMS("camwatch.service.role", CAMWATCH_ROLES)
    PUT_TERMS("camwatch.path", CAMWATCH_PATHS)
    PUT_TERMS("camwatch.side", CAMWATCH_SIDES)
    PUT_TERMS("camwatch.activity", CAMWATCH_ACTIVITIES)
    PUT_TERMS("camwatch.cleartext", CAMWATCH_CLEARTEXTS)
    PUT_TERMS("camwatch.device.asset.status", CAMWATCH_ASSET_STATUSES)
    PUT_TERMS("camwatch.outcome", CAMWATCH_OUTCOMES)
    PUT_TERMS("camwatch.band", CAMWATCH_BANDS)
    PUT_TERMS("camwatch.domain_source", CAMWATCH_DOMAIN_SOURCES)
    PUT_TERMS("camwatch.device.kind", CAMWATCH_DEVICE_KINDS)
    PUT_TERMS("camwatch.device.scope", CAMWATCH_SCOPES)
    PUT_TERMS("network.direction", CAMWATCH_DIRECTIONS)
    PUT_TERMS("camwatch.stats.drops", CAMWATCH_DROPS)
}

static void
put_evidence(FILE *out)
{
    (void)fputs("\n### camwatch.evidence\n\n| kind | points | meaning |\n|---|---|---|\n", out);
#define ROW(s, t, p, h)                                                                        \
    if (*(t)) {                                                                                \
        (void)fprintf(out, "| `%s` | %d | %s |\n", t, p, h);                                   \
    }
    CAMWATCH_EVIDENCE_KINDS(ROW)
#undef ROW
}

void
cw_schema_write_markdown(FILE *out)
{
    (void)fputs(INTRODUCTION, out);
    put_streams(out);
    put_fields(out);
    put_vocabularies(out);
    put_evidence(out);
}
