/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes docs/signatures.md from the table of signatures.
 */
#include <stdio.h>

#include "wire/wire.h"

static const char *const classes[] = {
    [CW_WIRE_ONE] = "one message",
    [CW_WIRE_TWO] = "two different messages",
    [CW_WIRE_THREE] = "three messages",
    [CW_WIRE_BOTH] = "a message each way",
    [CW_WIRE_THREE_BOTH] = "three messages, not all one way",
};

static void
put_transports(const struct cw_wire_signature *s)
{
    static const char *const names[] = {"UDP", "TCP", "Ethernet"};
    const char *between = "";
    for (unsigned i = 0; i < 3; i++) {
        if (s->transports & 1u << i) {
            (void)printf("%s%s", between, names[i]);
            between = ", ";
        }
    }
    if (s->transports & CW_WIRE_ETHER) {
        (void)printf(" 0x%04x", (unsigned)s->ethertype);
    }
    for (unsigned i = 0; i < sizeof(s->ports) / sizeof(s->ports[0]) && s->ports[i]; i++) {
        (void)printf("%s%u", i == 0 ? " " : ", ", (unsigned)s->ports[i]);
    }
}

static void
put_whom(const struct cw_wire_signature *s)
{
    const char *whom = s->vendor[0] ? s->vendor : s->platform[0] ? s->platform : s->maker;
    (void)printf("%s", whom[0] ? whom : "nobody");
    if (s->proves_device) {
        (void)printf("; surveillance device");
    }
    if (s->is_experimental) {
        (void)printf("; a hint only%s", s->is_off ? ", off by default" : "");
    }
}

static const char *
put_bits(unsigned bits, unsigned n, const char *(*text)(unsigned), const char *between)
{
    for (unsigned i = 1; i < n; i++) {
        if (bits & 1u << i) {
            (void)printf("%s%s", between, text(i));
            between = ", ";
        }
    }
    return between;
}

/* Phases; then who sends what. */
static void
put_told(const struct cw_wire_signature *s)
{
    const char *between = put_bits(s->phases, CW_WIRE_N_PHASES, cw_wire_phase_text, "");
    if (s->senders) {
        (void)printf("%s", between[0] ? "; of " : "of ");
        (void)put_bits(s->senders, CW_WIRE_FROM_SERVER + 1, cw_wire_sender_text, "");
    }
    (void)printf(" | ");
}

static void
put_row(const struct cw_wire_signature *s)
{
    (void)printf("| `%s` | ", s->name);
    put_whom(s);
    (void)printf(" | ");
    put_told(s);
    (void)printf("%s | %u | ", classes[s->class], (unsigned)s->bits);
    put_transports(s);
    (void)printf(" | %s |\n", s->source);
}

int
main(void)
{
    (void)printf(
        "<!-- SPDX-License-Identifier: Apache-2.0 -->\n"
        "<!-- Made by tests/unit/wire/signatures_tool.c: do not edit. -->\n"
        "# Wire signatures\n\n"
        "What camwatch recognises by the bytes of a protocol, in the order of trying. "
        "*Confirmed by* says how\nmuch of one conversation must fit before it is "
        "evidence; less is a hint. *Bits* are those that\na message must have right: "
        "chance matches once in 2 to that power. Ports are where it is usually\nseen "
        "and never decide alone. *Tells* are the phases of a conversation that its messages "
        "tell apart, and\nwhose messages it knows; a golden capture shows each.\n\n"
        "What proves each of them, and how often random bytes look like it: "
        "[recognition.md](recognition.md).\n\n"
        "| signature | names; proves | tells | confirmed by | bits | seen on | source |\n"
        "|---|---|---|---|---|---|---|\n");
    for (const struct cw_wire_signature *const *s = cw_wire_table(); *s; s++) {
        put_row(*s);
    }
    return 0;
}
