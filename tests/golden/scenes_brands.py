# SPDX-License-Identifier: Apache-2.0
"""Whose camera it is: brands by prefix, by a name that devices alone call, and by names that apps call too
(vendors.md 10); and the things of a house that call the same names and are no cameras."""

import vendors as v
from exchange import lan
from net import Host, Net
from scenes import scene
from scenes_conduct import known_camera
from scenes_platforms import UID
from scenes_standards import mdns, notify
from talk import dhcp, interleaved, resolve, rtsp, tls

CLOUD = "47.91.80.50"  # an arbitrary global address; nobody's


def resolver():
    """A new one each time: hosts count their packets, and these scenes leave those of others alone."""
    return Host("9.9.9.9")


def log_in(net, camera):
    """PPPP: a device's greeting and log-in at a server."""
    server, port = Host("47.88.10.50"), camera.port()
    for message, answer in ((v.pppp(0x00), v.pppp(0x01, v.pppp_sockaddr("198.51.100.7", 41000))),
                            (v.pppp_login(UID, camera, port), v.pppp(0x11, bytes(4)))):
        net.udp(camera, port, server, 32100, message)
        net.udp(server, 32100, camera, port, answer)


def call(net, host, *names):
    """Asks for a name and connects, as a device or an app of the brand does."""
    for name in names:
        resolve(net, host, resolver(), name, [CLOUD])
        tls(net, host, Host(CLOUD), name, up=60, down=60).close()


def onvif(net, camera, name="IPCAM"):
    """It answers a search: a camera, and of no brand it knows of."""
    net.udp(camera, 3702, Host("192.168.10.60", "00:00:5e:00:53:60"), 50000,
            v.wsd_match(camera, v.onvif_scopes(name, "C1")))


def arrive(net, last, prefix="00:00:5e"):
    camera = Host(f"192.168.10.{last}", f"{prefix}:00:53:{last}")
    dhcp(net, camera)
    return camera


@scene("brands.pcap")
def brands():
    """Cameras of thirteen brands, one of them twice. Prefixes of general makers and of none, too: then ONVIF tells a camera."""
    net = Net()
    for last, prefix, names in (
            (21, "2c:aa:8e", ("wyze-mars-service.wyzecam.com",)), (22, "00:00:5e", ("n-euw1-devs.tplinkcloud.com",)),
            (23, "00:00:5e", ("log.myfoscam.com",)), (24, "00:00:5e", ("mp-us-signal.auto.mydlink.com",)),
            (25, "bc:51:fe", ("config.swannsecurity.com",)), (26, "ac:cc:8e", ("signaling.prod.webrtc.connect.axis.com",))):
        camera = arrive(net, last, prefix)
        call(net, camera, *names)  # before and after it is known for a camera: the order does not matter
        onvif(net, camera)
    for last, prefix, names in (
            (31, "00:b4:63", ("fw.ring.com",)), (32, "48:62:64", ("arlo.netgear.com",)),
            (33, "3c:a0:70", ("rest-hw-u002.immedia-semi.com",)), (34, "00:00:5e", ("control.verkada.com",)),
            (35, "00:00:5e", ("vs-cam.u011.immedia-semi.com",))):
        call(net, arrive(net, last, prefix), *names)
    camera = arrive(net, 41)
    log_in(net, camera)
    call(net, camera, "security-mqtt.eufylife.com")
    onvif(net, arrive(net, 43), "Microseven")
    camera = arrive(net, 42, "9c:8e:cd")
    onvif(net, camera, "Amcrest")
    call(net, camera, "p2p.amcrestview.com")
    return net


@scene("brands-unproven.pcap")
def brands_unproven():
    """Cameras that call names which prove no brand, or two brands' names."""
    net, shared, two, corporate, other = lan(21, 22, 23, 24)
    for camera in (shared, two, corporate):
        onvif(net, camera)
    call(net, shared, "sdc.ajcloud.net", "m1.tuyaeu.com", "media.hostedcloudvideo.com")  # platforms, many brands'
    call(net, two, "api.ring.com", "api.us.xiaoyi.com")
    call(net, corporate, "www.reolink.com", "www.axis.com")
    hikvision = known_camera(net, "192.168.10.25", "00:00:5e:00:53:25")
    call(net, hikvision, "litedev.hik-connect.com", "apis.reolink.com")  # it says itself whose it is
    resolve(net, other, resolver(), "p2p.reolink.com", [CLOUD])  # asks, does not connect
    onvif(net, other)
    return net


@scene("brands-things.pcap")
def brands_things():
    """A phone with the apps, a television, a plug and two lamps, and storage that records two cameras."""
    net, phone, television = lan(71, 72)
    net.udp(phone, phone.port(), net.group("239.255.255.250"), 3702, v.wsd_probe())
    call(net, phone, "api.wyzecam.com", "api.ring.com", "n-wap.tplinkcloud.com", "apis.reolink.com", "api.xiaoyi.com")
    net.udp(television, 1900, net.group("239.255.255.250"), 1900, notify(
        "Linux UPnP/1.0 Example TV/1.0", "urn:schemas-upnp-org:device:MediaRenderer:1",
        "uuid:28107bff-0000-1000-8000-00005e005372::urn:schemas-upnp-org:device:MediaRenderer:1"))
    net.udp(television, 5353, net.group("224.0.0.251"), 5353, mdns("Living room", "television"))
    call(net, television, "home.nest.com", "app-snaps.ring.com")
    for last, prefix, name in ((51, "50:c7:bf", "n-devs.tplinkcloud.com"), (52, "50:c7:bf", "use1-api.tplinkra.com"),
                               (53, "10:5a:17", "m1.tuyaeu.com")):
        call(net, arrive(net, last, prefix), name)
    storage = arrive(net, 61)
    call(net, storage, "apis.reolink.com")
    for n in (21, 22):
        camera = known_camera(net, f"192.168.10.{n}", f"00:00:5e:00:53:{n}")
        rtsp(net, storage, camera, f"rtsp://{camera.ip}/Streaming/Channels/101").stream(
            1, 2, head=interleaved(1396), size=1400)
    return net


@scene("second-brand.pcap")
def second_brand():
    """The same box says one brand of itself, and after its firmware was exchanged another."""
    net = Net()
    pc = Host("192.168.10.60", "00:00:5e:00:53:60")
    camera = Host("192.168.10.28", "00:00:5e:00:53:28")
    net.announce(pc)
    net.announce(camera)
    for vendor, version in (("LR", "2.800.0000004.0.R"), ("Amcrest", "2.820.0000005.0.R"), ("LR", "2.800.0000004.0.R")):
        net.udp(pc, 50000, net.group("239.255.255.251"), 37810, v.dhip_search())
        net.udp(camera, 37810, pc, 50000,
                v.dhip_notify(camera, vendor, "IPC", "IPC-X431S", "6L0A1B2PAG00077", version))
        net.wait(30)
    return net
