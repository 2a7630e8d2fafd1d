"""One look at the network from where it is run, in a word: for the cluster's own test.

    probe.py tcp ADDRESS PORT    answers | refused | silent     (of the TCP handshake alone)
    probe.py http ADDRESS PORT   what it says | silent | ...
    probe.py hear PORT           heard | silent                 (datagrams for two seconds)
    probe.py call ADDRESS PORT   sends datagrams for two seconds
"""
import http.client
import socket
import sys
import time

LIMIT = 1.5


def tcp(address, port):
    try:
        with socket.create_connection((address, int(port)), timeout=LIMIT):
            return "answers"
    except ConnectionRefusedError:
        return "refused"
    except OSError:  # no packet came back, or no neighbour answered
        return "silent"


def web(address, port):
    connection = http.client.HTTPConnection(address, int(port), timeout=LIMIT)
    try:
        connection.request("GET", "/")
        return connection.getresponse().read().decode().strip()
    except ConnectionRefusedError:
        return "refused"
    except OSError:
        return "silent"
    finally:
        connection.close()


def hear(port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.bind(("", int(port)))
        ear.settimeout(2)
        try:
            ear.recv(16)
            return "heard"
        except TimeoutError:
            return "silent"


def call(address, port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mouth:
        for _ in range(40):
            try:
                mouth.sendto(b"hello", (address, int(port)))
            except OSError:  # refused by the other side, or no neighbour
                pass
            time.sleep(0.05)
    return "called"


print({"tcp": tcp, "http": web, "hear": hear, "call": call}[sys.argv[1]](*sys.argv[2:]))
