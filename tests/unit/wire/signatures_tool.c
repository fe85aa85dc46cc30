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

static void
put_row(const struct cw_wire_signature *s)
{
    (void)printf("| `%s` | ", s->name);
    put_whom(s);
    (void)printf(" | %s | %u | ", classes[s->class], (unsigned)s->bits);
    put_transports(s);
    (void)printf(" | %s |\n", s->source);
}

int
main(void)
{
    (void)printf("<!-- SPDX-License-Identifier: Apache-2.0 -->\n"
                 "<!-- Made by tests/unit/wire/signatures_tool.c: do not edit. -->\n"
                 "# Wire signatures\n\n"
                 "What camwatch recognises by the bytes of a protocol, in the order of trying. "
                 "*Confirmed by* says how\nmuch of one conversation must fit before it is "
                 "evidence; less is a hint. *Bits* are those that\na message must have right: "
                 "chance matches once in 2 to that power. Ports are where it is usually\nseen "
                 "and never decide alone.\n\n"
                 "| signature | names; proves | confirmed by | bits | seen on | source |\n"
                 "|---|---|---|---|---|---|\n");
    for (const struct cw_wire_signature *const *s = cw_wire_table(); *s; s++) {
        put_row(*s);
    }
    return 0;
}
