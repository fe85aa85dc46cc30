/* SPDX-License-Identifier: Apache-2.0
 *
 * Wire signatures: one small file a protocol, all of this form, listed in signatures.def.
 *
 * A signature looks at one message and says whether its bytes have the format, in which phase it
 * is, who sent it and what it says of a device in clear. Whether that is enough is not its business:
 * the confirmation class asks for one message, two different ones, or both directions, and
 * confirm.c counts. Classes, sides and lengths follow research/corrections.md.
 *
 * Tests are pure functions of the message: no state, no allocation, bounded work (a few hundred bytes
 * looked at, or one pass over the message for text). Every byte is read through base/cursor.h.
 */
#ifndef CW_WIRE_WIRE_H
#define CW_WIRE_WIRE_H

#include "base/addr.h"
#include "base/bytes.h"
#include "camwatch/terms.h"
#include "model/identity.h"

enum cw_wire_transport { /* bits */
                         CW_WIRE_UDP = 1,
                         CW_WIRE_TCP = 2,
                         CW_WIRE_ETHER = 4, /* frames without IP, by EtherType */
};

enum cw_wire_class {
    CW_WIRE_ONE, /* one message: 64 bits or more with a consistency check */
    CW_WIRE_TWO, /* two different messages of the 5-tuple, of equal tokens where there are any; a
                      weak one counts half, so one of the two is none or there are three */
    CW_WIRE_THREE, /* three messages of the 5-tuple, of equal tokens where there are any */
    CW_WIRE_BOTH, /* a message in each direction (with equal tokens where the test gives them) */
    CW_WIRE_THREE_BOTH, /* three messages, not all in one direction, of equal tokens */
};

/* X(symbol, text, help) */
#define CW_WIRE_PHASES(X)                                                                      \
    X(NONE, "", "not told by the format")                                                      \
    X(LOOKUP, "lookup", "asks or tells where somebody is")                                     \
    X(REGISTRATION, "registration", "a device reports to its server")                          \
    X(RENDEZVOUS, "rendezvous", "a server introduces peers")                                   \
    X(PUNCH, "punch", "opens a hole towards a peer")                                           \
    X(DIRECT, "direct", "session data between the peers")                                      \
    X(RELAY, "relay", "session data or set-up through a relay")                                \
    X(LAN_SEARCH, "lan-search", "search or answer on the local network")                       \
    X(LAN_CONTROL, "lan-control", "commands on the local network")                             \
    X(CONTROL, "control", "commands, wherever")                                                \
    X(MEDIA, "media", "pictures or sound")                                                     \
    X(KEEPALIVE, "keepalive", "nothing but staying known")

/* clang-format off */
#define CW_X(s, t, h) CW_WIRE_PHASE_##s,
enum cw_wire_phase { CW_WIRE_PHASES(CW_X) CW_WIRE_N_PHASES };
#undef CW_X

/* clang-format on */

enum cw_wire_sender {
    CW_WIRE_FROM_UNKNOWN,
    CW_WIRE_FROM_DEVICE, /* only a device sends this */
    CW_WIRE_FROM_VIEWER, /* only an app, browser or VMS sends this */
    CW_WIRE_FROM_SERVER, /* only the vendor's or platform's server sends this */
};

/* Bits for what a signature can tell; a golden case has to assert each (tests/golden). */
#define CW_WIRE_TELLS(phase)    (1u << CW_WIRE_PHASE_##phase)
#define CW_WIRE_SENT_BY(sender) (1u << CW_WIRE_FROM_##sender)

struct cw_wire_input {
    struct cw_bytes
        bytes; /* a datagram; bytes of a TCP stream (a segment, or the joined start of the
                              stream); or what follows the EtherType. Borrowed. */
    uint32_t wire_len;  /* length before any cut by the snap length; for TCP bytes.len */
    uint8_t transport;  /* one enum cw_wire_transport */
    uint8_t direction;  /* 0 from the flow's opener */
    bool at_start;      /* TCP: bytes begin at the first byte of this direction's stream */
    bool to_group;      /* sent to broadcast or multicast */
    uint16_t ethertype; /* ETHER only */
    uint16_t src_port;
    uint16_t dst_port;
    struct cw_mac src_mac; /* none where not on-link */
    struct cw_mac dst_mac;
    struct cw_addr src;
    struct cw_addr dst;
    bool experimental; /* also try signatures that are off by default */
};

#define CW_WIRE_CANDIDATES 4

struct cw_wire_endpoint {
    struct cw_addr addr;
    uint16_t port;
    uint8_t path; /* enum camwatch_path: CLOUD another server, RELAY a relay; NONE a peer */
};

/* Devices that the sender has behind it, by its own word, one after the other. */
struct cw_wire_list {
    /* Takes the next whole entry from the front of rest. False: none; what may go on in the
     * bytes that follow is left in rest. NULL: no list. */
    bool (*next)(struct cw_bytes *rest, struct cw_identity *out);
    struct cw_bytes rest; /* borrowed from the message */
};

/* What a test fills. Zeroed before the call; read only when the test returns true. */
struct cw_wire_match {
    uint8_t phase;  /* enum cw_wire_phase */
    uint8_t sender; /* enum cw_wire_sender */
    uint8_t role;   /* enum camwatch_role of the far end, where the format tells */
    bool is_enough; /* this message needs no second one (PPPP with a well-formed DID) */
    /* Set to true before the call; false: the format is known and says nothing (STUN binding),
     * though an identity may stand in it (the host name of a laptop). */
    bool is_evidence;
    bool is_camera_fact; /* device-side fact: whoever is named is a surveillance device */
    uint8_t step;   /* number of the message kind: "different" messages have different steps, or
                         different bytes */
    uint32_t token; /* pairs a request with its answer (transaction id), or is the same in every
                         message of a conversation; 0 none */
    bool
        is_weak; /* little more than a type and a length: chance makes such a message (class TWO) */
    bool
        has_sequence; /* its sender numbers its messages: one that jumps starts the count anew */
    uint32_t sequence;
    bool needs_both;    /* whatever the class asks, a message in each direction too */
    const char *vendor; /* overrides of the signature's, static strings, NULL: none */
    bool is_vendor_senders; /* vendor made the sender; the far end is nobody's that is known */
    const char *platform;
    const char *protocol;
    char detail[48]; /* the message in a word or two, for a person: "DHDiscover answer" */
    bool has_identity;
    struct cw_identity identity; /* of the sender when origin is SELF; else of whom it speaks */
    uint8_t n_candidates;        /* addresses that a rendezvous introduces: peers, relays */
    struct cw_wire_endpoint candidate[CW_WIRE_CANDIDATES];
    const char
        *brand_hint; /* brand that a prefix or an application layer usually stands for; static,
                               NULL: none. Claimed at most, never proof */
    struct cw_wire_list list;
};

struct cw_wire_signature {
    const char
        *name; /* "dahua-dhip"; also network.protocol and, as wire/NAME, the rule of evidence */
    const char *vendor; /* group whose protocol it is: "Dahua group"; "" for shared platforms */
    const char *platform; /* shared platform: "PPPP", "TUTK Kalay"; "" for a vendor's own */
    const char *maker;    /* maker of a device that speaks it, where it proves one; else "" */
    uint8_t transports;   /* enum cw_wire_transport bits */
    uint8_t class;        /* enum cw_wire_class */
    uint8_t kind; /* enum camwatch_device_kind of whoever speaks the device's side, where the
                             protocol tells; UNKNOWN where recorders and others speak it too */
    bool is_experimental; /* never more than a hint (40 points) */
    bool
        is_off; /* experimental and without a capture: tried only where the input asks for it */
    bool
        proves_device; /* the device's side of it is a surveillance device (false for RTSP, STUN,
                             KCP, Tuya, miIO ...) */
    uint16_t least;    /* shortest message in bytes */
    uint16_t bits;     /* strength: fixed or constrained bits of a match */
    uint16_t ethertype; /* ETHER only */
    uint16_t ports[8];  /* usual ports, a hint for people; 0 ends */
    const char *first;  /* the possible first bytes, as a string of n_first bytes; NULL: any */
    uint8_t n_first;
    const char
        *source; /* where the format comes from: research file and section, RFC, capture */
    bool (*test)(const struct cw_wire_input *in, struct cw_wire_match *out);
    uint16_t phases; /* CW_WIRE_TELLS bits: every phase but NONE that a match may tell */
    uint8_t senders; /* CW_WIRE_SENT_BY bits: every sender but UNKNOWN that a match may tell */
    const char *brand; /* on the box, where the devices of one brand alone speak it; else NULL */
};

/** All signatures in the order of signatures.def, ended by NULL. Static storage. */
const struct cw_wire_signature *const *cw_wire_table(void);

/** "lookup" ...; "" out of range. */
const char *cw_wire_phase_text(unsigned phase);

/** "device", "viewer", "server"; "" for unknown and out of range. */
const char *cw_wire_sender_text(unsigned sender);

/* ---- confirm.c: what one flow has shown so far ---- */

#define CW_WIRE_SUSPECTS 4

struct cw_wire_suspect {
    uint8_t signature; /* index + 1 into the table, 0 free */
    uint8_t count;
    uint8_t directions; /* bits of the directions that matched */
    uint8_t confirmed;
    uint8_t last_step;
    bool has_strong; /* one of them is not weak */
    uint32_t last_hash;
    uint32_t token[2]; /* last token of each direction */
    uint32_t sequence[2];
};

/* Part of an undecided flow. Zeroed at first. */
struct cw_wire_state {
    struct cw_wire_suspect suspects[CW_WIRE_SUSPECTS];
};

struct cw_wire_result {
    const struct cw_wire_signature *signature;
    bool
        is_confirmed; /* as the class asks; else seen, but not enough (weak evidence at the end) */
    struct cw_wire_match match;
};

/**
 * Try every signature that the transport, the first byte and the length allow, the suspects of this
 * flow first, until one matches.
 *
 * @param state  of this flow; NULL for messages without a flow (EtherType): then only class ONE counts
 * @param out    written only on true
 * @return true when a signature matched this message
 * Never allocates. Cost: a table look-up for the first byte, then the tests listed there.
 */
bool cw_wire_inspect(struct cw_wire_state *state, const struct cw_wire_input *in,
                     struct cw_wire_result *out);

#endif
