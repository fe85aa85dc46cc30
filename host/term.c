/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "term.h"

#include <langinfo.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "text.h"

enum { WIDTH_DEFAULT = 100, WIDTH_MIN = 60, WIDTH_MAX = 180 };

static unsigned
width_of(int fd)
{
    struct winsize size;
    const char *columns = getenv("COLUMNS");
    unsigned long width = columns ? strtoul(columns, NULL, 10) : 0;
    if (width == 0 && ioctl(fd, TIOCGWINSZ, &size) == 0) {
        width = size.ws_col;
    }
    if (width == 0) {
        return WIDTH_DEFAULT;
    }
    return width < WIDTH_MIN ? WIDTH_MIN : width > WIDTH_MAX ? WIDTH_MAX : (unsigned)width;
}

static bool
is_set(const char *name)
{
    const char *value = getenv(name);
    return value && value[0] != '\0';
}

struct cw_term
cw_term_of(FILE *out, bool no_colour)
{
    const char *kind = getenv("TERM");
    bool is_terminal = isatty(fileno(out)) == 1;
    bool is_plain = no_colour || is_set("NO_COLOR") || !kind || strcmp(kind, "dumb") == 0;
    return (struct cw_term){
        .out = out,
        .is_terminal = is_terminal,
        .has_colour = is_terminal && !is_plain,
        .is_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
        .width = width_of(fileno(out)),
    };
}

const char *
cw_style_on(const struct cw_term *term, enum cw_style style)
{
    static const char *const codes[] = {
        [CW_STYLE_PLAIN] = "",          [CW_STYLE_BOLD] = "\033[1m",
        [CW_STYLE_DIM] = "\033[2m",     [CW_STYLE_GOOD] = "\033[32m",
        [CW_STYLE_WARN] = "\033[33m",   [CW_STYLE_BAD] = "\033[1;31m",
        [CW_STYLE_NAME] = "\033[1;36m",
    };
    return term->has_colour ? codes[style] : "";
}

const char *
cw_style_off(const struct cw_term *term, enum cw_style style)
{
    return term->has_colour && style != CW_STYLE_PLAIN ? "\033[0m" : "";
}

void
cw_term_wrap_behind(const struct cw_term *term, unsigned indent, enum cw_style style,
                    const char *text)
{
    size_t room = term->width - indent, used = 0;
    (void)fputs(cw_style_on(term, style), term->out);
    while (*text != '\0') {
        size_t len = strcspn(text, " ");
        size_t columns = cw_text_columns(text, len);
        if (used > 0 && used + 1 + columns > room) {
            (void)fprintf(term->out, "\n%*s", (int)indent, "");
            used = 0;
        } else if (used > 0) {
            (void)fputc(' ', term->out);
            used++;
        }
        (void)fprintf(term->out, "%.*s", (int)len, text);
        used += columns;
        text += len;
        text += strspn(text, " ");
    }
    (void)fprintf(term->out, "%s\n", cw_style_off(term, style));
}

void
cw_term_wrap(const struct cw_term *term, unsigned indent, enum cw_style style, const char *text)
{
    (void)fprintf(term->out, "%*s", (int)indent, "");
    cw_term_wrap_behind(term, indent, style, text);
}

struct cw_term
cw_term_for_lines(const struct cw_term *term)
{
    struct cw_term lines = *term;
    lines.width = term->is_terminal ? term->width : UINT_MAX;
    return lines;
}

const char *
cw_term_sign(const struct cw_term *term, const char *utf8, const char *ascii)
{
    return term->is_utf8 ? utf8 : ascii;
}
