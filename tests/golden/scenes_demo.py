# SPDX-License-Identifier: Apache-2.0
"""The capture of the quick start: three minutes of a small office."""

import vendors as v
from net import Host, Net
from scenes import scene
from talk import dhcp, interleaved, resolve, rtsp, tls

# Addresses outside are arbitrary global ones, so that a geo database has something to say of them.
# They stand for nobody: no host of a maker is known to have lived there.
RESOLVER = "9.9.9.9"
HIK_CLOUD = "47.91.80.10"
DAHUA_CLOUD = "47.254.130.10"
UNIVIEW_CLOUD = "47.74.240.10"
APP_API = "18.184.10.10"
SOMEBODYS_HOME = "86.160.10.10"
WEB = "104.16.10.10"

HIK_SERIAL = "DS-2CD2143G2-I20240102AAWRE12345678"
IMOU_SERIAL = "7L0A1B2PAG00042"
UNV_SERIAL = "210235C3LN3000000042"


def hikvision(net, resolver, camera):
    """Announces itself by SADP, registers at the cloud of its group."""
    dhcp(net, camera, "HIKVISION-LOBBY")
    everybody = net.group("239.255.255.250")
    net.udp(camera, 37020, everybody, 37020,
            v.sadp_match(camera, "DS-2CD2143G2-I", HIK_SERIAL, "V5.7.15 build 240101"))
    resolve(net, camera, resolver, "litedev.hik-connect.com", [HIK_CLOUD])
    return tls(net, camera, Host(HIK_CLOUD), "litedev.hik-connect.com", 8666)


def imou(net, resolver, camera):
    """Announces itself by DHIP, registers at the P2P servers of Dahua's group."""
    dhcp(net, camera, "IPC-A22E")
    everybody = net.group("239.255.255.251")
    net.udp(camera, 37810, everybody, 37810,
            v.dhip_notify(camera, "Imou", "IPC", "IPC-A22E", IMOU_SERIAL, "2.680.0000000.25.R", "warehouse"))
    server, port = Host(DAHUA_CLOUD), camera.port()
    resolve(net, camera, resolver, "www.easy4ipcloud.com", [DAHUA_CLOUD])
    net.udp(camera, port, server, 8800, v.dahua_request("DHGET", f"/online/p2psrv/{IMOU_SERIAL}", 1, IMOU_SERIAL))
    net.udp(server, 8800, camera, port, v.dahua_answer(
        1, f"<body><DS>{DAHUA_CLOUD}:8802</DS><US>{DAHUA_CLOUD}:8803</US></body>"))
    net.udp(camera, port, server, 8802, v.dahua_request("DHGET", f"/setup/device/{IMOU_SERIAL}", 2, IMOU_SERIAL))
    net.udp(server, 8802, camera, port, v.dahua_answer(2, "<body></body>"))
    return server, port


def watched_from_home(net, camera, server, port):
    """The server introduces somebody's phone; the video goes there straight."""
    viewer = Host(SOMEBODYS_HOME)
    net.udp(server, 8802, camera, port, v.dahua_request(
        "DHPOST", f"/device/{IMOU_SERIAL}/p2p-channel", 3, "",
        f"<body><Identify>0011</Identify><PubAddr>{SOMEBODYS_HOME}:51000</PubAddr></body>"))
    net.udp(camera, port, server, 8802, v.dahua_answer(3, f"<body><LocalAddr>{camera.ip}:{port}</LocalAddr></body>"))
    net.udp(viewer, 51000, camera, port, v.dahua_stun("request", SOMEBODYS_HOME, 51000, "demo"))
    net.udp(camera, port, viewer, 51000, v.dahua_stun("answer", SOMEBODYS_HOME, 51000, "demo"))
    net.udp(viewer, 51000, camera, port, v.ptcp_syn())
    net.udp(camera, port, viewer, 51000, v.ptcp_syn())
    net.udp(viewer, 51000, camera, port, v.ptcp_bind(554))
    net.udp(camera, port, viewer, 51000, v.ptcp_ack())
    net.media(camera, port, viewer, 51000, 14, head=v.ptcp_data, back=v.ptcp_ack())


def phone_with_apps(net, resolver, phone):
    """Apps of both makers: their services, but no camera."""
    dhcp(net, phone, "Pixel-8")
    for name in ("api.hik-connect.com", "openapi-fk.easy4ip.com"):
        resolve(net, phone, resolver, name, [APP_API])
        tls(net, phone, Host(APP_API), name, down=1200).close()


def laptop(net, resolver, host):
    dhcp(net, host, "laptop-12")
    for name in ("www.example.com", "mail.example.org", "www.nothik-connect.com"):
        resolve(net, host, resolver, name, [WEB])
        tls(net, host, Host(WEB), name, down=1200).close()


def uniview_behind_a_rule(net, resolver, camera):
    """Says what it is when it is asked; the firewall drops what it sends outside."""
    dhcp(net, camera, "IPC3614")
    searcher = Host("192.168.10.60", "00:00:5e:00:53:60")
    net.udp(searcher, 50000, net.group("239.255.255.250"), 3702, v.wsd_probe())
    net.udp(camera, 3702, searcher, 50000, v.uniview_match(camera, "IPC3614SB-ADF28KM", UNV_SERIAL, "IPC_G6107-B0001"))
    resolve(net, camera, resolver, "en.ezcloud.uniview.com", [UNIVIEW_CLOUD])
    for _ in range(3):
        c = net.tcp(camera, Host(UNIVIEW_CLOUD), 443)
        for pause in (1, 2, 4):
            c.seq[0] = 7
            c.send(0, 2)
            net.wait(pause)


@scene("demo.pcap")
def demo():
    net = Net()
    resolver = Host(RESOLVER)
    hik = Host("192.168.10.21", "00:00:5e:00:53:21")
    imo = Host("192.168.10.22", "00:00:5e:00:53:22")
    unv = Host("192.168.10.23", "00:00:5e:00:53:23")
    nvr = Host("192.168.10.30", "00:00:5e:00:53:30")
    phone = Host("192.168.10.71", "00:00:5e:00:53:71")
    pc = Host("192.168.10.72", "00:00:5e:00:53:72")

    laptop(net, resolver, pc)
    cloud = hikvision(net, resolver, hik)
    net.wait(2)
    server, port = imou(net, resolver, imo)
    phone_with_apps(net, resolver, phone)
    net.wait(3)
    uniview_behind_a_rule(net, resolver, unv)
    net.announce(nvr)
    picture = rtsp(net, nvr, hik, f"rtsp://{hik.ip}/Streaming/Channels/102", agent="NKPlayer-1.00.00.081112")
    picture.stream(1, 8, head=interleaved(1396), size=1400)
    net.wait(20)
    watched_from_home(net, imo, server, port)
    for _ in range(3):
        net.wait(21)
        net.udp(imo, port, server, 8802, v.dahua_heartbeat(IMOU_SERIAL))
        net.udp(server, 8802, imo, port, v.dahua_answer(0))
    cloud.close()
    return net
