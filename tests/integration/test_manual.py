#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Help, manual pages, settings and completion say the same."""
import gzip
import glob
import os
import re
import subprocess
import sys
import tempfile
import unittest

BUILD = os.environ["CAMWATCH_BUILD"]
PROGRAM = os.path.join(BUILD, "host", "camwatch")
PAGES = os.path.join(BUILD, "packaging", "man")
COMPLETION = os.path.join(BUILD, "packaging", "camwatch")
QUESTIONS = ("status", "devices", "alerts", "counters")


def run(*arguments):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=60, check=False)


def commands():
    text = run("help").stdout
    return re.findall(r"^  ([a-z]+)  ", text, flags=re.M)


def options_of_help(command):
    """{name: argument} as --help lists them, headings and wrapped lines aside."""
    text = run("help", command).stdout
    return dict(re.findall(r"^  --([a-z-]+)(?: (\S+(?: \S+)?))?(?:  |$)", text, flags=re.M))


def page(name):
    """The page as plain text, fonts taken out, one line a line of the source."""
    with gzip.open(os.path.join(PAGES, name + ".gz"), "rt", encoding="utf-8") as file:
        text = file.read()
    text = re.sub(r"\\f[BIRP]", "", text)
    return text.replace("\\-", "-").replace("\\&", "").replace("\\(aq", "'")


def page_of(command):
    return "camwatch-" + ("status" if command in QUESTIONS else command) + ".1"


def section(text, title):
    match = re.search(rf"^\.SH {title}\n(.*?)(?=^\.SH |\Z)", text, flags=re.M | re.S)
    return match.group(1) if match else ""


def complete(*words):
    """What bash offers with the cursor behind the last word."""
    script = 'source "$1"; shift; COMP_WORDS=(camwatch "$@"); COMP_CWORD=$#; _camwatch; printf "%s\\n" "${COMPREPLY[@]}"'
    done = subprocess.run(["bash", "-uc", script, "bash", COMPLETION, *words], capture_output=True, text=True,
                          timeout=60, check=False)
    assert done.returncode == 0 and not done.stderr, done.stderr
    return done.stdout.split()


class Manual(unittest.TestCase):
    def setUp(self):
        if not glob.glob(os.path.join(PAGES, "*.gz")):
            self.skipTest("scdoc was not there when this was built")

    def test_every_command_has_a_page_and_stands_in_the_first_one(self):
        listed = section(page("camwatch.1"), "COMMANDS")
        for command in commands():
            self.assertRegex(listed, rf"(?m)^{command}$")
            if command != "help":
                self.assertIn(f"camwatch {command}", section(page(page_of(command)), "SYNOPSIS"))

    def test_options_of_help_and_page_are_the_same(self):
        n = 0
        for command in commands():
            if command == "help":
                continue
            helped = options_of_help(command)
            paged = dict(re.findall(r"^--([a-z-]+)(?: (.*))?$", section(page(page_of(command)), "OPTIONS"),
                                    flags=re.M))
            self.assertEqual(helped, paged, command)
            n += len(helped)
        self.assertGreater(n, 100)

    def test_settings_are_the_options_of_live(self):
        text = section(page("camwatch.yaml.5"), "SETTINGS")
        paged = set(re.findall(r"^([a-z-]+)(?: \S.*)?\n\.RS", text, flags=re.M))
        self.assertEqual(paged, set(options_of_help("live")) - {"config"})

    def test_exit_statuses_are_those_of_help(self):
        helped = dict(re.findall(r"^  (\d)  (.*)$", run("help").stdout, flags=re.M))
        self.assertEqual(len(helped), 6)
        for name in ("camwatch.1", "camwatch-live.1"):
            paged = re.findall(r"^(\d)\n(?:\..*\n)*(.*)$", section(page(name), "EXIT STATUS"), flags=re.M)
            self.assertEqual(dict(paged), helped, name)

    def test_the_example_of_the_settings_page_is_a_good_file(self):
        example = re.search(r"\.nf\n.*?\n(.*?)\.fi", section(page("camwatch.yaml.5"), "EXAMPLE"), flags=re.S)
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            lines = [line for line in example.group(1).splitlines() if not line.startswith((".", "redis"))]
            self.assertGreater(len(lines), 4)
            file.write("\n".join(lines) + "\n")
            file.flush()
            done = run("check", "--config", file.name)
        self.assertIn(f"settings file {file.name}", done.stdout)

    def test_pages_have_no_faults(self):
        if subprocess.run(["sh", "-c", "command -v groff"], capture_output=True, check=False).returncode:
            self.skipTest("no groff")
        for path in glob.glob(os.path.join(PAGES, "*.gz")):
            done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z"], input=gzip.open(path).read(),
                                  capture_output=True, check=False)
            self.assertEqual(done.stderr, b"", path)


class Completion(unittest.TestCase):
    def test_commands(self):
        self.assertEqual(set(complete("")), set(commands()) | {"--version", "--help"})
        self.assertEqual(complete("rep"), ["replay"])

    def test_every_option_of_every_command(self):
        for command in commands():
            offered = {word[2:] for word in complete(command, "--")}
            self.assertEqual(offered, set(options_of_help(command)) | {"help"}, command)

    def test_choices(self):
        self.assertEqual(set(complete("live", "--flows", "")), {"device", "all"})
        self.assertEqual(complete("live", "--log-level", "=", "wa"), ["warning"])
        self.assertEqual(complete("replay", "--viewers", "h"), ["hash"])
        self.assertEqual(set(complete("geo", "")), {"update", "status"})

    def test_choices_are_what_the_program_takes(self):
        n = 0
        for command in ("live", "replay"):
            for name, argument in options_of_help(command).items():
                for choice in argument.split("|") if "|" in argument and argument[0].islower() else ():
                    done = run(command, f"--{name}", choice, "--no-such-option")
                    self.assertIn("unknown option --no-such-option", done.stderr, (name, choice))
                    n += 1
        self.assertGreater(n, 10)

    def test_files_folders_interfaces_and_nothing(self):
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(os.path.join(folder, "sub"))
            open(os.path.join(folder, "a.pcap"), "w", encoding="utf-8").close()
            self.assertEqual({os.path.basename(f) for f in complete("replay", folder + "/")}, {"sub", "a.pcap"})
            self.assertEqual(complete("live", "--rules", folder + "/"), [os.path.join(folder, "sub")])
        self.assertIn("lo", complete("live", ""))
        self.assertEqual(complete("live", "--sensor", ""), [])


if __name__ == "__main__":
    unittest.main(verbosity=1, argv=sys.argv[:1])
