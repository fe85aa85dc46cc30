# SPDX-License-Identifier: Apache-2.0
"""One capture a maker or standard: how its devices show themselves."""

import vendors as v
from frames import ether
from net import Host, Net
from scenes import scene
from talk import certificate, dhcp, http, interleaved, lines, resolve, rtsp, tls

CLOUD = "47.91.80.10"  # an arbitrary global address; nobody's
RESOLVER = Host("9.9.9.9")


def office():
    net = Net()
    pc = Host("192.168.10.60", "00:00:5e:00:53:60")
    camera = Host("192.168.10.21", "00:00:5e:00:53:21")
    net.announce(pc)
    return net, pc, camera


@scene("hikvision.pcap")
def hikvision():
    net, pc, camera = office()
    net.announce(camera)
    everybody = net.group("239.255.255.250")
    net.udp(pc, 37020, everybody, 37020, v.sadp_probe())
    serial = "DS-2CD2143G2-I20240102AAWRE12345678"
    net.udp(camera, 37020, everybody, 37020, v.sadp_match(camera, "DS-2CD2143G2-I", serial, "V5.7.15"))
    c = net.tcp(pc, camera, 8000).open()
    c.say(0, v.sdk_login())
    c.say(1, v.sdk(1, 0, bytes(192), 1))
    c.say(0, v.sdk(0x5A000000, 0x00010000, bytes(64), 0x11223344))
    c.say(1, v.sdk_serial(serial))
    c.say(0, v.sdk(0x63000000, 0x00111050, bytes(16), 0x11223344))
    c.say(1, v.sdk(1, 0, bytes(32), 1))
    c.close()
    return net


@scene("hikvision-ether.pcap")
def hikvision_ether():
    """SADP without IP."""
    net, _, camera = office()
    net.announce(camera)
    net.put(ether(camera.mac, "ff:ff:ff:ff:ff:ff", 0x8033, v.sadp_ether(camera)))
    return net


@scene("ezviz.pcap")
def ezviz():
    net, _, camera = office()
    serial = "G12345678"
    dhcp(net, camera)
    net.put(ether(camera.mac, "ff:ff:ff:ff:ff:ff", 0x8D8D, v.ezviz_beacon(camera)))
    resolve(net, camera, RESOLVER, "litedev.eu.ezvizlife.com", [CLOUD])
    c = net.tcp(camera, Host(CLOUD), 8666).open()
    c.say(0, v.lbs_refresh(serial)).say(1, v.lbs_answer()).close()
    c = net.tcp(camera, Host(CLOUD), 8820).open()
    c.say(0, v.das_connect(serial)).say(1, b"\x20\x02\0\0")
    phone = Host("192.168.10.71", "00:00:5e:00:53:71")
    dhcp(net, phone, "phone")
    relay = Host("47.91.80.20")
    c = net.tcp(phone, relay, 8554).open()
    c.say(0, v.vtm_request("47.91.80.20", serial)).say(1, v.vtm(0x13C, b"\x08\x00\x12\x04abcd"))
    return net


@scene("dahua.pcap")
def dahua():
    net, pc, camera = office()
    net.announce(camera)
    serial = "6L0A1B2PAG00042"
    net.udp(pc, 50000, net.group("239.255.255.251"), 37810, v.dhip_search())
    net.udp(camera, 37810, pc, 50000, v.dhip_notify(camera, "General", "IPC", "IPC-HFW1431S", serial,
                                                   "2.800.0000004.0.R", "gate"))
    c = net.tcp(pc, camera, 37777).open()
    c.say(0, v.dvrip_login()).say(1, v.dvrip_answer("Realm:Login to 4215ab0011223344556677889900aabb\r\nRandom:1234567\r\n\r\n"))
    c.say(0, v.dvrip_property(0x0B)).say(1, v.dvrip_property(0x0B, "IPC-HFW1431S"))
    c.say(0, v.dvrip_property(0x07)).say(1, v.dvrip_property(0x07, serial))
    server, port = Host(CLOUD), camera.port()
    resolve(net, camera, RESOLVER, "www.dahuap2pcloud.com", [CLOUD])
    net.udp(camera, port, server, 8800, v.dahua_request("DHGET", f"/online/p2psrv/{serial}", 1, serial))
    net.udp(server, 8800, camera, port, v.dahua_answer(1, f"<body><DS>{CLOUD}:8802</DS></body>"))
    net.udp(camera, port, server, 8802, v.dahua_request("DHGET", f"/setup/device/{serial}", 2, serial))
    net.udp(server, 8802, camera, port, v.dahua_answer(2, "<body></body>"))
    return net


@scene("imou.pcap")
def imou():
    """The prefix of its MAC is its maker's own (rules/vendors/imou.yaml)."""
    net, _, _ = office()
    camera = Host("192.168.10.22", "30:24:50:00:53:22")
    dhcp(net, camera)
    resolve(net, camera, RESOLVER, "devaccess.lechange.cn", [CLOUD])
    tls(net, camera, Host(CLOUD), "devaccess.lechange.cn").close()
    return net


@scene("lorex.pcap")
def lorex():
    net, pc, _ = office()
    recorder = Host("192.168.10.31", "00:00:5e:00:53:31")
    net.announce(recorder)
    net.udp(pc, 50000, net.group("239.255.255.251"), 37810, v.dhip_search())
    net.udp(recorder, 37810, pc, 50000, v.dhip_notify(recorder, "LR", "NVR", "N841A81", "5F0A1B2PAG00042",
                                                     "4.001.0000000.1", "NVR"))
    server, port = Host(CLOUD), recorder.port()
    resolve(net, recorder, RESOLVER, "p2p.lorexservices.com", [CLOUD])
    net.udp(recorder, port, server, 8800, v.dahua_request("DHGET", "/online/p2psrv/5F0A1B2PAG00042", 1,
                                                         "5F0A1B2PAG00042"))
    net.udp(server, 8800, recorder, port, v.dahua_answer(1, f"<body><DS>{CLOUD}:8802</DS></body>"))
    return net


@scene("tiandy.pcap")
def tiandy():
    net, pc, camera = office()
    net.announce(camera)
    c = net.tcp(pc, camera, 3001).open()
    c.say(0, v.tiandy(f"{pc.ip}\tIP\tUSER\tLOGON\tdXNlcg==\tcGFzcw==\t\t1\tUTF-8\t805306367\t1"))
    c.say(1, v.tiandy(f"{camera.ip}\tIP\tUSER\tLOGONFAILED\t3", from_device=True))
    recorder = Host("192.168.10.31", "00:00:5e:00:53:31")
    net.announce(recorder)
    tls(net, pc, recorder, "", certificate=certificate("Tiandy Tech", "dvr_ui")).close()
    return net


@scene("uniview.pcap")
def uniview():
    net, pc, camera = office()
    net.announce(camera)
    net.udp(pc, 50000, net.group("239.255.255.250"), 3702, v.wsd_probe())
    net.udp(camera, 3702, pc, 50000,
            v.uniview_match(camera, "IPC3614SB-ADF28KM", "210235C3LN3000000042", "IPC_G6107-B0001"))
    c = rtsp(net, pc, camera, f"rtsp://{camera.ip}/unicast/c1/s0/live", realm="00005e005321", agent="IMCP")
    c.stream(1, 7, head=interleaved(1396), size=1400)
    resolve(net, camera, RESOLVER, "en.ezcloud.uniview.com", [CLOUD])
    tls(net, camera, Host(CLOUD), "en.ezcloud.uniview.com").close()
    return net


@scene("onvif.pcap")
def onvif():
    """A camera of nobody in particular; a printer that answers the same search."""
    net, pc, camera = office()
    printer = Host("192.168.10.40", "00:00:5e:00:53:40")
    net.announce(camera)
    net.announce(printer)
    net.udp(pc, 50000, net.group("239.255.255.250"), 3702, v.wsd_probe())
    net.udp(camera, 3702, pc, 50000, v.wsd_match(camera, v.onvif_scopes("Example", "EX-1000")))
    net.udp(printer, 3702, pc, 50000,
            v.wsd_match(printer, "ldap:///ou=printers", "wprt:PrintDeviceType", path=":5357/wsd"))
    body = ('<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>'
            '<GetDeviceInformation xmlns="http://www.onvif.org/ver10/device/wsdl"/></s:Body></s:Envelope>')
    answer = ('<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
              'xmlns:tds="http://www.onvif.org/ver10/device/wsdl"><s:Body><tds:GetDeviceInformationResponse>'
              "<tds:Manufacturer>Example</tds:Manufacturer><tds:Model>EX-1000</tds:Model>"
              "<tds:FirmwareVersion>1.2.3</tds:FirmwareVersion><tds:SerialNumber>EX1000S42</tds:SerialNumber>"
              "<tds:HardwareId>1</tds:HardwareId></tds:GetDeviceInformationResponse></s:Body></s:Envelope>")
    http(net, pc, camera, "/onvif/device_service", camera.ip,
         lines("HTTP/1.1 200 OK", "Content-Type: application/soap+xml", body=answer), request_body=body)
    return net


@scene("gb28181.pcap")
def gb28181():
    net, _, camera = office()
    net.announce(camera)
    server = Host("203.0.113.28")
    device, platform, realm = "34020000001320000042", "34020000002000000001", "3402000000"
    up = (camera, 5060, server, 5060)
    down = (server, 5060, camera, 5060)

    def message(method, cseq, xml=""):
        return v.gb_message(method, device, platform, realm, cseq, camera, server, xml, "IP Camera")
    net.udp(*up, message("REGISTER", 1))
    net.udp(*down, v.gb_answer("401 Unauthorized", "REGISTER", device, realm, 1, camera))
    net.udp(*up, message("REGISTER", 2))
    net.udp(*down, v.gb_answer("200 OK", "REGISTER", device, realm, 2, camera))
    net.udp(*up, message("MESSAGE", 3, v.manscdp("Notify", "Keepalive", device, "<Status>OK</Status>\r\n")))
    net.udp(*down, v.gb_answer("200 OK", "MESSAGE", device, realm, 3, camera))
    info = ("<Result>OK</Result>\r\n<DeviceName>Gate</DeviceName>\r\n<Manufacturer>Example</Manufacturer>\r\n"
            "<Model>EX-28</Model>\r\n<Firmware>V1.0</Firmware>\r\n")
    net.udp(*up, message("MESSAGE", 4, v.manscdp("Response", "DeviceInfo", device, info)))
    return net


ISAPI = "http://www.hikvision.com/ver20/XMLSchema"
REMOTE = "table.RemoteDevice.uuid:System_CONFIG_NETCAMERA_INFO_"


def proxy_channel(n, name, ip, serial=""):
    known = f"<model>{serial[:-24]}</model><serialNumber>{serial}</serialNumber>" if serial else ""
    return (f'<InputProxyChannel version="1.0" xmlns="{ISAPI}">\n<id>{n}</id>\n<name>{name}</name>\n'
            "<sourceInputPortDescriptor>\n<proxyProtocol>HIKVISION</proxyProtocol>\n"
            f"<addressingFormatType>ipaddress</addressingFormatType>\n<ipAddress>{ip}</ipAddress>\n"
            "<managePortNo>8000</managePortNo>\n<srcInputPort>1</srcInputPort>\n<userName>operator</userName>\n"
            f"<streamType>auto</streamType>\n{known}<deviceID></deviceID>\n</sourceInputPortDescriptor>\n"
            "</InputProxyChannel>\n")


@scene("recorder-lists.pcap")
def recorder_lists():
    """What three recorders say of the cameras behind them: ISAPI in many segments, configManager.cgi, a catalog of
    GB/T 28181. One of the cameras was seen itself."""
    net, pc, camera = office()
    net.announce(camera)
    serial = "DS-2CD2143G2-I20240102AAWRE12345678"
    net.udp(camera, 37020, net.group("239.255.255.250"), 37020, v.sadp_match(camera, "DS-2CD2143G2-I", serial, "V5.7.15"))
    hik = Host("192.168.10.30", "00:00:5e:00:53:30")
    net.announce(hik)
    channels = [proxy_channel(1, "Hall", camera.ip, serial)]
    channels += [proxy_channel(n, f"Floor {n}", f"192.168.254.{n}") for n in range(2, 10)]
    xml = f'<?xml version="1.0" encoding="UTF-8"?>\n<InputProxyChannelList version="1.0" xmlns="{ISAPI}">\n'
    xml += "".join(channels) + "</InputProxyChannelList>\n"
    http(net, pc, hik, "/ISAPI/ContentMgmt/InputProxy/channels", hik.ip, lines(
        "HTTP/1.1 200 OK", "Content-Type: application/xml", f"Content-Length: {len(xml)}", body=xml)).close()
    dahua = Host("192.168.10.31", "00:00:5e:00:53:31")
    net.announce(dahua)
    text = "".join(f"{REMOTE}{n}.Address=192.168.11.{n + 40}\r\n{REMOTE}{n}.DeviceType=IPC-HFW1431S\r\n"
                   f"{REMOTE}{n}.Name=Yard {n}\r\n{REMOTE}{n}.UserName=operator\r\n" for n in range(3))
    http(net, pc, dahua, "/cgi-bin/configManager.cgi?action=getConfig&name=RemoteDevice", dahua.ip, lines(
        "HTTP/1.1 200 OK", "Content-Type: text/plain", f"Content-Length: {len(text)}", body=text)).close()
    recorder, server = Host("192.168.10.32", "00:00:5e:00:53:32"), Host("203.0.113.28")
    net.announce(recorder)
    device, platform, realm = "34020000001180000042", "34020000002000000001", "3402000000"
    items = "".join(f"<Item>\r\n<DeviceID>3402000000132000000{n}</DeviceID>\r\n<Name>Gate {n}</Name>\r\n</Item>\r\n"
                    for n in (1, 2))
    catalog = v.manscdp("Response", "Catalog", device, f'<SumNum>2</SumNum>\r\n<DeviceList Num="2">\r\n{items}</DeviceList>\r\n')
    net.udp(recorder, 5060, server, 5060, v.gb_message("REGISTER", device, platform, realm, 1, recorder, server))
    net.udp(server, 5060, recorder, 5060, v.gb_answer("200 OK", "REGISTER", device, realm, 1, recorder))
    net.udp(recorder, 5060, server, 5060, v.gb_message("MESSAGE", device, platform, realm, 2, recorder, server, catalog))
    picture = rtsp(net, hik, camera, f"rtsp://{camera.ip}/Streaming/Channels/101")
    picture.stream(1, 3, head=interleaved(1396), size=1400)
    return net


@scene("says-who-it-is.pcap")
def says_who_it_is():
    """Documents over HTTP in which devices name themselves: to their cloud, and to who asks them."""
    net, pc, camera = office()
    net.announce(camera)
    post = ('{"CfgProtocol":{"Header":{"Version":"1.0"},"Body":{"SerialNumber":"0a1b2c3d4e5f6071",'
            '"AuthCode":"DONOTTELLTHISKEY","ProductID":"P1","OtherInfo":"V4.02.R11"}}}')
    http(net, camera, Host(CLOUD), "/", "47.91.80.10:8086", lines("HTTP/1.1 200 OK", body="{}"), port=8086,
         request_body=post).close()
    recorder = Host("192.168.10.30", "00:00:5e:00:53:30")
    net.announce(recorder)
    lapi = ('{"Response":{"ResponseURL":"/LAPI/V1.0/System/DeviceInfo","StatusCode":0,"Data":{"DeviceName":"Dock",'
            '"DeviceModel":"NVR301-08","SerialNumber":"210235TEST0000000001","FirmwareVersion":"NVR-B3601"}}}')
    http(net, pc, recorder, "/LAPI/V1.0/System/DeviceInfo", recorder.ip, lines("HTTP/1.1 200 OK", body=lapi), port=81).close()
    dahua = Host("192.168.10.22", "00:00:5e:00:53:22")
    net.announce(dahua)
    for n, (what, answer) in enumerate((("getDeviceType", "type=IPC-HFW1431S"), ("getSerialNo", "sn=6L0A1B2PAG00042"),
                                        ("getSoftwareVersion", "version=2.800.0000004.0.R,build:2020-01-02"))):
        http(net, pc, dahua, f"/cgi-bin/magicBox.cgi?action={what}", dahua.ip,
             lines("HTTP/1.1 200 OK", body=answer + "\r\n"), port=82 + n).close()
    return net
