# SPDX-License-Identifier: Apache-2.0
"""The list of captures; scenes_*.py add to it."""

import frames

SCENES = {}


def scene(name):
    """Registers a function that returns a Net as the capture of this name."""
    def add(function):
        def write():
            net = function()
            form = frames.pcapng if name.endswith(".pcapng") else frames.pcap
            return form(net.packets, net.snaplen)
        SCENES[name] = write
        return function
    return add
