"""Picture files that a visitor may upload, as bytes, each with the colour of its middle."""

import io
import struct
import zlib
from typing import Any

from PIL import Image


def png(width: int, height: int, depth: int, kind: int, row: bytes, clear: bytes = b"") -> bytes:
    """A PNG of equal rows, for 16-bit colours and a transparent one among them: Pillow writes neither."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    body = zlib.compress((b"\0" + row) * height)
    transparency = chunk(b"tRNS", clear) if clear else b""
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + transparency
        + chunk(b"IDAT", body)
        + chunk(b"IEND", b"")
    )


def deep(*channels: int, kind: int, clear: bool = False) -> bytes:
    """A picture of one colour with 16 bits a channel; the colour may be declared transparent."""
    colour = struct.pack(f">{len(channels)}H", *(257 * c for c in channels))
    return png(40, 40, 16, kind, colour * 40, colour if clear else b"")


def encoded(image: Image.Image, format: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def palette(**options: Any) -> bytes:
    picture = Image.new("P", (40, 40))
    picture.putpalette([200, 100, 50, 0, 0, 0])
    return encoded(picture, "PNG", **options)


def turned() -> bytes:
    """A photo stored on its side, with EXIF orientation; upright, its middle is of one colour."""
    photo = Image.new("RGB", (90, 30), "white")
    photo.paste((200, 100, 50), (30, 0, 60, 30))
    exif = Image.Exif()
    exif[274] = 6
    return encoded(photo, "PNG", exif=exif)


PLAIN = Image.new("RGB", (40, 40), (200, 100, 50))


PICTURES = {
    "plain": (encoded(PLAIN, "PNG"), (200, 100, 50)),
    "animated GIF": (
        encoded(PLAIN, "GIF", save_all=True, append_images=[Image.new("RGB", (40, 40), "blue")]),
        (200, 100, 50),
    ),
    "animated WebP": (
        encoded(
            PLAIN, "WEBP", save_all=True, append_images=[Image.new("RGB", (40, 40), "blue")], lossless=True
        ),
        (200, 100, 50),
    ),
    "palette": (palette(), (200, 100, 50)),
    "transparent palette": (palette(transparency=0), (255, 255, 255)),
    "16 bits grey": (deep(100, kind=0), (100, 100, 100)),
    "16 bits grey, one transparent": (deep(100, kind=0, clear=True), (255, 255, 255)),
    "16 bits RGB, one transparent": (deep(200, 100, 50, kind=2, clear=True), (255, 255, 255)),
    "16 bits grey with alpha": (deep(100, 0, kind=4), (255, 255, 255)),
    "16 bits RGB": (deep(200, 100, 50, kind=2), (200, 100, 50)),
    "16 bits RGBA": (deep(200, 100, 50, 255, kind=6), (200, 100, 50)),
    "16 bits, transparent": (deep(200, 100, 50, 0, kind=6), (255, 255, 255)),
    "CMYK JPEG": (encoded(Image.new("CMYK", (40, 40), (255, 0, 0, 0)), "JPEG", quality=95), (0, 255, 255)),
    "CMYK TIFF": (encoded(Image.new("CMYK", (40, 40), (0, 51, 255, 51)), "TIFF"), (204, 163, 0)),
    "turned by EXIF": (turned(), (200, 100, 50)),
    "transparent": (encoded(Image.new("RGBA", (40, 40), (9, 9, 9, 0)), "PNG"), (255, 255, 255)),
    "half transparent": (encoded(Image.new("RGBA", (40, 40), (0, 0, 0, 128)), "PNG"), (127, 127, 127)),
    "1×1": (encoded(Image.new("RGB", (1, 1), (200, 100, 50)), "PNG"), (200, 100, 50)),
    "a line": (encoded(Image.new("RGB", (3000, 1), (200, 100, 50)), "PNG"), (200, 100, 50)),
}
