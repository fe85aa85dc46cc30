# SPDX-License-Identifier: Apache-2.0
# Completion of camwatch in bash; what there is to complete stands in the functions above, which are made
# from the program's own tables.

# _camwatch_offer WORD KIND...: what fits WORD, of a list of words, or of @file, @folder, @interface, @command
_camwatch_offer() {
    local word=$1 kind
    shift
    for kind in "$@"; do
        case $kind in
        @file) compgen -f -- "$word" ;;
        @folder) compgen -d -- "$word" ;;
        @interface) compgen -W "$(ls /sys/class/net 2>/dev/null)" -- "$word" ;;
        @command) compgen -W "$(_camwatch_commands)" -- "$word" ;;
        *) compgen -W "$kind" -- "$word" ;;
        esac
    done
}

# The kinds of what may stand at the cursor.
_camwatch_kinds() { # COMMAND WORD-BEFORE WORD
    _camwatch_argument "$1" "$2" && return
    case $3 in
    -*) _camwatch_options "$1" ;;
    *) _camwatch_operands "$1" ;;
    esac
}

_camwatch() {
    local at=$COMP_CWORD word=${COMP_WORDS[COMP_CWORD]} kinds=@command
    if [ "$word" = = ]; then # bash cuts --option=value in three
        word=
        at=$((at + 1))
    fi
    [ "$at" -lt 2 ] || [ "${COMP_WORDS[at - 1]}" != = ] || at=$((at - 1))
    if [ "$at" -gt 1 ]; then
        kinds=$(_camwatch_kinds "${COMP_WORDS[1]}" "${COMP_WORDS[at - 1]}" "$word")
    fi
    case $kinds in *@f*) compopt -o filenames 2>/dev/null ;; esac
    # shellcheck disable=SC2086
    mapfile -t COMPREPLY < <(_camwatch_offer "$word" $kinds)
}
complete -F _camwatch camwatch
