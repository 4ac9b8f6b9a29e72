"""Proxies that the environment names (HTTP_PROXY, HTTPS_PROXY, ALL_PROXY): the Hub is reached through them,
this machine never.

Gradio and the Hub's client read the variables by themselves, Gradio as it is imported. So `use_proxies` goes
first. Gradio's start asks its own address for an answer; a proxy would say that it cannot reach that.
"""

import os
import sys
from ipaddress import IPv6Address
from urllib.request import getproxies

LOOPBACK = "localhost", "127.0.0.1", "::1"


class ProxyError(ValueError):
    """A variable names no proxy that can be used. The message never repeats its value, which may hold a
    password."""


def use_proxies() -> None:
    """Check the proxies, and except this machine from them; raises `ProxyError`."""
    found = getproxies()  # of the environment, else of the settings of Windows or macOS
    named = {kind: found[kind] for kind in ("http", "https", "all") if found.get(kind)}
    if not named:
        return
    for kind, proxy in named.items():
        _check(kind, proxy)
        os.environ[f"{kind}_proxy"] = proxy  # with `no_proxy` set, the system's settings no longer count
    excepted = [entry.strip() for entry in found.get("no", "").split(",")]
    # with brackets, or as a network of IPv6, an entry ends Gradio's import with a traceback
    excepted = [entry.removeprefix("[").removesuffix("]") for entry in excepted if entry]
    if unread := [entry for entry in excepted if not _is_readable(entry)]:
        print(
            f"NO_PROXY: passed over {', '.join(unread)}, which the HTTP client cannot read", file=sys.stderr
        )
    own = os.environ.get("GRADIO_SERVER_NAME", "").removeprefix("[").removesuffix("]")
    kept = [entry for entry in excepted if entry not in unread] + [*LOOPBACK, *([own] if own else [])]
    os.environ["no_proxy"] = os.environ["NO_PROXY"] = "*" if "*" in kept else ",".join(dict.fromkeys(kept))


def _check(kind: str, proxy: str) -> None:
    from huggingface_hub.utils import httpx  # slow to import, and most machines have no proxy

    names = f"{kind}_proxy", f"{kind.upper()}_PROXY"
    name = next((name for name in names if os.environ.get(name)), f"the system's setting of the {kind} proxy")
    try:
        url = httpx.URL(proxy if "://" in proxy else f"http://{proxy}")
        httpx.Client(proxy=url, verify=False, trust_env=False).close()
        half_a_scheme = "://" not in proxy and "/" in proxy.rstrip("/")
        usable = bool(url.host) and (url.port is None or 0 < url.port < 2**16) and not half_a_scheme
    except ImportError as error:
        raise ProxyError(f"{name} names a SOCKS proxy, which needs a package: pip install socksio") from error
    except (ValueError, httpx.InvalidURL):
        usable = False
    if not usable:
        raise ProxyError(
            f"{name} names no proxy that can be used: it must read http://HOST:PORT, or begin with https://, "
            "socks5:// or socks5h://. Correct it, or unset it"
        )


def _is_readable(entry: str) -> bool:
    if entry.count(":") < 2:
        return True
    try:
        return bool(IPv6Address(entry))
    except ValueError:
        return False
