# SPDX-License-Identifier: Apache-2.0
"""One capture a shared platform or P2P protocol."""

import struct

import vendors as v
from net import Host, Net, noise
from scenes import scene
from talk import dhcp, resolve, tls

# Arbitrary global addresses; nobody's.
SERVERS = [Host("47.88.10.10"), Host("47.90.10.10"), Host("47.74.10.10")]
HOME = Host("86.160.10.10")
RESOLVER = Host("9.9.9.9")
UID = v.did("TNPUSAA", 123456, "BCDEF")


def lan():
    net = Net()
    camera = Host("192.168.10.21", "00:00:5e:00:53:21")
    phone = Host("192.168.10.71", "00:00:5e:00:53:71")
    dhcp(net, camera)
    dhcp(net, phone, "phone")
    return net, camera, phone


def pppp_register(net, camera, port, seal):
    for server in SERVERS:
        net.udp(camera, port, server, 32100, seal(v.pppp(0x00)))
        net.udp(server, 32100, camera, port, seal(v.pppp(0x01, v.pppp_sockaddr("198.51.100.7", 41000))))
    for server in SERVERS:
        net.udp(camera, port, server, 32100, seal(v.pppp_login(UID, camera, port)))
        net.udp(server, 32100, camera, port, seal(v.pppp(0x11, bytes(4))))


def pppp_session(net, camera, port, peer, peer_port, seconds, seal):
    net.udp(peer, peer_port, camera, port, seal(v.pppp(0x41, UID)))
    net.udp(camera, port, peer, peer_port, seal(v.pppp(0x41, UID)))
    net.udp(camera, port, peer, peer_port, seal(v.pppp(0x42, UID)))
    net.udp(peer, peer_port, camera, port, seal(v.pppp(0x42, UID)))
    step = 0.08
    for i in range(int(seconds / step)):
        kept, net.snaplen = net.snaplen, net.picture_snap
        picture = v.pppp_drw(1, i, 1032) + noise(f"drw{i}", 1024)
        net.udp(camera, port, peer, peer_port, seal(picture))
        net.snaplen = kept
        if i % 10 == 0:
            net.udp(peer, peer_port, camera, port, seal(v.pppp_ack(1, i)))
        net.wait(step)


def plain(message):
    return message


@scene("pppp.pcap")
def pppp():
    """Registers at three servers, is watched from the LAN."""
    net, camera, phone = lan()
    port = camera.port()
    pppp_register(net, camera, port, plain)
    everybody = Host("255.255.255.255", "ff:ff:ff:ff:ff:ff")
    net.udp(phone, 50000, everybody, 32108, v.pppp(0x30))
    net.udp(camera, port, phone, 50000, v.pppp(0x41, UID))
    pppp_session(net, camera, port, phone, 50000, 7, plain)
    return net


@scene("pppp-keyed.pcap")
def pppp_keyed():
    net, camera, _ = lan()
    pppp_register(net, camera, camera.port(), lambda m: v.cs2_encrypt("SSD@cs2-network.", m))
    return net


@scene("pppp-tcp.pcap")
def pppp_tcp():
    net, camera, _ = lan()
    c = net.tcp(camera, SERVERS[0], 443).open()
    for i in range(3):
        c.say(0, v.pppp_over_tcp(v.pppp(0x12, noise(f"login{i}", 44))))
        c.say(1, v.pppp_over_tcp(v.pppp(0x13, bytes(8)), 0x12, 0x34))
    return net


@scene("kalay.pcap")
def kalay():
    """Registers with the scrambled framing; a phone finds it on the LAN."""
    net, camera, phone = lan()
    uid = b"ABCDEFGHJKLMNPQRST11"
    server, port = Host("47.88.20.10"), camera.port()
    for i in range(3):
        net.udp(camera, port, server, 10001, v.tutk(b"\x04\x01\x14", noise(f"reg{i}", 44), i))
        net.udp(server, 10001, camera, port, v.tutk(b"\x06\x01\x41", noise(f"ack{i}", 44), i))
        net.wait(2)
    everybody = Host("255.255.255.255", "ff:ff:ff:ff:ff:ff")
    search = uid + bytes(16) + b"\x06\0\x03\x03" + noise("token", 8) + b"\x01" + bytes(23)
    net.udp(phone, 50000, everybody, 32761, v.tutk(b"\x01\x06\x21", search))
    answer = uid + bytes(152) + noise("token", 8) + bytes(4)
    net.udp(camera, port, phone, 50000, v.tutk(b"\x02\x06\x12", answer))
    for i in range(3):
        net.udp(camera, port, phone, 50000, v.tutk(b"\x28\x04\x12", noise(f"alive{i}", 8), i))
        net.udp(phone, 50000, camera, port, v.tutk(b"\x27\x04\x21", noise(f"alive{i}", 8), i))
    return net


@scene("xiongmai.pcap")
def xiongmai():
    net, camera, phone = lan()
    everybody = Host("255.255.255.255", "ff:ff:ff:ff:ff:ff")
    common = {"BuildDate": "2024-01-02", "ChannelNum": 1, "DeviceType": 1, "GateWay": "0x010AA8C0",
              "HostIP": "0x150AA8C0", "HostName": "LocalHost", "MAC": camera.mac, "SN": "0a1b2c3d4e5f6071",
              "TCPPort": 34567, "UDPPort": 34568, "Version": "V5.00.R02"}
    net.udp(phone, 34569, everybody, 34569, v.xm(1530, None))
    net.udp(camera, 34569, everybody, 34569, v.xm(1531, {"NetWork.NetCommon": common, "Ret": 100}, True))
    c = net.tcp(phone, camera, 34567).open()
    c.say(0, v.xm(1000, {"EncryptType": "MD5", "LoginType": "DVRIP-Web", "UserName": "user"}))
    c.say(1, v.xm(1001, {"AliveInterval": 20, "ChannelNum": 1, "Ret": 100, "SessionID": "0x00000001"}, True, 1))
    c.say(0, v.xm(1006, {"Name": "KeepAlive", "SessionID": "0x00000001"}, False, 1))
    c.say(1, v.xm(1007, {"Name": "KeepAlive", "Ret": 100, "SessionID": "0x00000001"}, True, 1))
    resolve(net, camera, RESOLVER, "access-dss.secu100.net", ["47.88.30.10"])
    tls(net, camera, Host("47.88.30.10"), "access-dss.secu100.net").close()
    return net


@scene("reolink.pcap")
def reolink():
    net, camera, phone = lan()
    c = net.tcp(phone, camera, 9000).open()
    c.say(0, v.baichuan(1, b"", 0xDC01))
    c.say(1, v.baichuan(1, v.baichuan_xml("<?xml version=\"1.0\" encoding=\"UTF-8\" ?><body><Encryption>"
                                          "<type>md5</type><nonce>0</nonce></Encryption></body>"), 0xDD01, 0x6614))
    c.say(0, v.baichuan(80, b"", 0, 0x6414))
    version = ("<?xml version=\"1.0\" encoding=\"UTF-8\" ?><body><VersionInfo version=\"1.1\"><name>Garage</name>"
               "<serialNumber>00000000000042</serialNumber><firmwareVersion>v3.0.0.42</firmwareVersion>"
               "</VersionInfo></body>")
    c.say(1, v.baichuan(80, v.baichuan_xml(version), 200, 0x6414))
    server, port = Host("47.88.40.10"), camera.port()
    resolve(net, camera, RESOLVER, "p2p.reolink.com", [server.ip])
    net.udp(camera, port, server, 9999, v.bc_udp("<P2P><D2M_Q><uid>9527000ABCDEFGH1</uid></D2M_Q></P2P>", 77))
    net.udp(server, 9999, camera, port, v.bc_udp(
        "<P2P><M2D_Q_R><reg><ip>47.88.40.20</ip><port>58200</port></reg></M2D_Q_R></P2P>", 77))
    return net


@scene("tuya-bulb.pcap")
def tuya_bulb():
    """A lamp: its platform is named, no camera is."""
    net = Net()
    bulb = Host("192.168.10.50", "10:5a:17:00:53:50")
    dhcp(net, bulb)
    everybody = Host("255.255.255.255", "ff:ff:ff:ff:ff:ff")
    for i in range(3):
        net.udp(bulb, 49154, everybody, 6667, v.tuya(0x13, struct.pack("!I", 0) + noise("gw", 160), i))
        net.wait(3)
    resolve(net, bulb, RESOLVER, "m1.tuyaeu.com", ["3.121.10.10"])
    tls(net, bulb, Host("3.121.10.10"), "m1.tuyaeu.com", 8883).close()
    return net
