"""Pictures with sound pixels and something wrong beside them, as bytes; every viewer shows them."""

import random
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from tests.pictures import encoded

PLAIN = Image.new("RGB", (48, 40), (200, 100, 50))
PLAIN.paste((20, 30, 40), (10, 4, 20, 30))
"""What all of them show: 48x40, a dark bar left of the middle"""
JPEG_OPTIONS = {"quality": 95, "subsampling": 0}


def chunk(kind: bytes, content: bytes, checksum: int | None = None) -> bytes:
    checksum = zlib.crc32(kind + content) if checksum is None else checksum
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


def exif(entries: list[tuple[int, int, int, int]], following: int = 0, order: str = "<") -> bytes:
    """A block of EXIF: tags with type, count and value, and the address of the next list."""
    words = [
        struct.pack(f"{order}H", len(entries)),
        *(struct.pack(f"{order}HHII", *entry) for entry in entries),
    ]
    mark = b"II*\0" if order == "<" else b"MM\0*"
    return mark + struct.pack(f"{order}I", 8) + b"".join(words) + struct.pack(f"{order}I", following)


def exif_blocks(rng: random.Random) -> dict[str, bytes]:
    """Blocks of EXIF that nobody can read, none of which turns the picture."""
    return {
        "empty": b"",
        "rubbish": rng.randbytes(200),
        "a header alone": b"II*\0\x08\0\0\0",
        "an address outside": b"MM\0*" + struct.pack(">I", 2**32 - 1),
        "a count without entries": b"II*\0\x08\0\0\0\xff\xff",
        "texts outside": exif([(270, 2, 2**31, 2**31), (271, 2, 100, 5000)]),
        "a camera's list that is this one": exif([(0x8769, 4, 1, 8), (0x8825, 4, 1, 8), (0xA005, 4, 1, 8)]),
        "a camera's list outside": exif([(0x8769, 4, 1, 2**31), (0x8825, 4, 1, 7777)], order=">"),
        "a next list that is this one": exif([(271, 2, 2, 65)], following=8),
        "unknown types": exif([(tag, 77, 1, 1) for tag in range(200, 240)]),
        "an orientation of 9": exif([(274, 3, 1, 9)]),
        "an orientation in words": exif([(274, 2, 4, 0x41414141)]),
        "a thumbnail outside": exif([(0x201, 4, 1, 2**30), (0x202, 4, 1, 2**30)]),
        "too many tags": exif([(tag, 1, 30_000, 8) for tag in range(2000)]),
    }


def pngs(rng: random.Random) -> Iterator[tuple[str, bytes]]:
    whole = encoded(PLAIN, "PNG")
    start, data, end = whole[:33], whole[33:-12], whole[-12:]
    bad, text = zlib.compress(b"text" * 1000)[:-9], zlib.compress(bytes(3_000_000))
    before = {
        **{f"EXIF: {name}": chunk(b"eXIf", block) for name, block in exif_blocks(rng).items()},
        "3 MB of packed text": chunk(b"zTXt", b"a\0\0" + text),
        "3 MB of packed international text": chunk(b"iTXt", b"a\0\1\0\0\0" + text),
        "XMP of 2 MB": chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + b"<x>" * 700_000),
        "2 MB of text": chunk(b"tEXt", b"a\0" + b"x" * 2_000_000),
        "500 texts": chunk(b"tEXt", b"a\0b") * 500,
        "a damaged packed text": chunk(b"zTXt", b"a\0\0" + bad) + chunk(b"iTXt", b"a\0\1\0\0\0" + bad),
        "a text packed in no known way": chunk(b"zTXt", b"a\0\x07" + text)
        + chunk(b"iTXt", b"a\0\1\x07\0\0" + text),
        "a text that needs a dictionary": chunk(
            b"zTXt", b"a\0\0" + zlib.compressobj(zdict=b"dictionary").flush()
        ),
        "texts without a name": chunk(b"tEXt", b"") + chunk(b"zTXt", b"") + chunk(b"iTXt", b""),
        "texts in no alphabet": chunk(b"iTXt", b"\xff\xfe\0\0\0\xff\0\xff\0\xff\xff")
        + chunk(b"tEXt", b"\xff\0\xff"),
        "a profile of rubbish": chunk(b"iCCP", b"a\0\0" + zlib.compress(rng.randbytes(500))),
        "a profile that is not packed": chunk(b"iCCP", b"a\0\0" + rng.randbytes(500)),
        "a profile of 2 MB": chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(2_000_000))),
        "a profile without content": chunk(b"iCCP", b"") + chunk(b"iCCP", b"a\0"),
        "no gamma": chunk(b"gAMA", b""),
        "a gamma of 0": chunk(b"gAMA", bytes(4)),
        "half a gamma": chunk(b"gAMA", b"\0\1"),
        "colours that are no triangle": chunk(b"cHRM", bytes(32)),
        "half of the colours": chunk(b"cHRM", b"\1\2\3"),
        "other chunks of no length": b"".join(
            chunk(kind, b"")
            for kind in (b"sRGB", b"pHYs", b"tIME", b"sBIT", b"bKGD", b"hIST", b"cICP", b"sPLT")
        ),
        "other chunks of rubbish": b"".join(
            chunk(kind, rng.randbytes(7))
            for kind in (b"sRGB", b"pHYs", b"tIME", b"sBIT", b"bKGD", b"vpAg", b"oFFs")
        ),
        "an animation of no frames": chunk(b"acTL", bytes(8)),
        "half an animation": chunk(b"acTL", struct.pack(">II", 5, 0)) + chunk(b"fcTL", bytes(9)),
        "frames without an animation": chunk(b"fdAT", b"\0\0\0\7xx"),
        "transparency of a wrong length": chunk(b"tRNS", b"\0"),
        "transparency that an RGB picture has not": chunk(b"tRNS", bytes(600)),
    }
    for kind in (
        b"tEXt",
        b"zTXt",
        b"iTXt",
        b"iCCP",
        b"gAMA",
        b"cHRM",
        b"pHYs",
        b"tIME",
        b"eXIf",
        b"tRNS",
        b"prVt",
    ):
        before[f"a wrong checksum of {kind.decode()}"] = chunk(kind, rng.randbytes(6), checksum=1)
    for name, chunks in before.items():
        yield name, start + chunks + data + end
        if not name.startswith(("an animation", "half an", "frames")):
            yield f"{name}, after the pixels", start + data + chunks + end
    yield "rubbish after the end", whole + rng.randbytes(3000)
    yield "a second picture after the end", whole + whole
    yield "no end", start + data
    yield "half an end", whole[:-7]
    yield "a wrong checksum of the end", whole[:-1] + b"\0"
    yield "no checksum of the pixels", start + data[:-4]
    yield "half a text at the end", start + data + chunk(b"tEXt", b"a\0" + b"x" * 500)[:-100]
    yield "rubbish at the end", start + data + rng.randbytes(40)
    yield "an empty line before the start", b"\r\n" + whole


def jpegs(rng: random.Random) -> Iterator[tuple[str, bytes]]:
    whole = encoded(PLAIN, "JPEG", **JPEG_OPTIONS)
    jfif = 2 + 2 + struct.unpack_from(">H", whole, 4)[0]

    def segment(marker: int, content: bytes) -> bytes:
        return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content

    profile, photoshop = b"ICC_PROFILE\0", b"Photoshop 3.0\0"
    block = photoshop + b"8BIM\x03\xed\0\0\0\0\0\x10" + bytes(4)
    segments = {
        **{
            f"EXIF: {name}": segment(0xE1, b"Exif\0\0" + found[:60_000])
            for name, found in exif_blocks(rng).items()
        },
        "a cut mark of EXIF": segment(0xE1, b"Exif"),
        "XMP of 3 MB": segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + b"<" * 60_000) * 50,
        "a profile of rubbish": segment(0xE2, profile + b"\1\1" + rng.randbytes(300)),
        "a profile that lacks parts": segment(0xE2, profile + b"\5\7" + rng.randbytes(300)),
        "a profile without a number": segment(0xE2, profile) + segment(0xE2, profile),
        "a list of pictures of rubbish": segment(0xE2, b"MPF\0" + rng.randbytes(90)),
        "an empty list of pictures": segment(0xE2, b"MPF\0"),
        "a list of pictures that points outside": segment(
            0xE2,
            b"MPF\0"
            + exif([(0xB000, 7, 4, 0x30303130), (0xB001, 4, 1, 99), (0xB002, 7, 1600, 2**31)], order=">"),
        ),
        "Photoshop's block, cut": segment(0xED, block),
        "Photoshop's block, of rubbish": segment(0xED, photoshop + b"8BIM\x03\xed" + rng.randbytes(60)),
        "Photoshop's block, without a length": segment(0xED, photoshop + b"8BIM"),
        "FlashPix": segment(0xE2, b"FPXR\0" + rng.randbytes(60)),
        "a comment of 60 kB": segment(0xFE, rng.randbytes(60_000)),
        "empty segments": b"".join(segment(marker, b"") for marker in range(0xE1, 0xED)),
        "padding": b"\xff" * 20,
    }
    for name, content in segments.items():
        yield name, whole[:jfif] + content + whole[jfif:]
    for name, content in {
        "half of JFIF": b"JFIF\0",
        "a resolution of 0": b"JFIF\0\1\1\1\0\0\0\0\0\0",
    }.items():
        yield name, whole[:2] + segment(0xE0, content) + whole[jfif:]
    yield "rubbish after the end", whole + rng.randbytes(3000)
    yield "a film after the end", whole + b"\0\0\0\x18ftypmp42" + rng.randbytes(3000)
    yield "no end", whole[:-2]
    yield "half an end", whole[:-1]
    yield "rubbish in place of the end", whole[:-2] + bytes(300)
    yield "an empty line before the start", b"\r\n" + whole


def webps(rng: random.Random) -> Iterator[tuple[str, bytes]]:
    def parts(*following: tuple[bytes, bytes], flags: int = 0b0000_1100) -> bytes:
        size = struct.pack("<I", PLAIN.width - 1)[:3] + struct.pack("<I", PLAIN.height - 1)[:3]
        head = b"VP8X" + struct.pack("<I", 10) + bytes((flags, 0, 0, 0)) + size
        return head + b"".join(
            kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
            for kind, content in following
        )

    def file(body: bytes, size: int | None = None) -> bytes:
        return b"RIFF" + struct.pack("<I", 4 + len(body) if size is None else size) + b"WEBP" + body

    still = encoded(PLAIN, "WEBP", lossless=True)
    pixels = (b"VP8L", still[20 : 20 + struct.unpack_from("<I", still, 16)[0]])
    for name, block in exif_blocks(rng).items():
        yield f"EXIF: {name}", file(parts(pixels, (b"EXIF", block)))
    yield "XMP of 1 MB", file(parts(pixels, (b"XMP ", b"<" * 1_000_001)))
    yield "a profile of rubbish", file(parts((b"ICCP", rng.randbytes(301)), pixels, flags=0b0010_0000))
    yield "metadata that are announced and missing", file(parts(pixels, flags=0b0010_1100))
    yield "metadata that are not announced", file(parts(pixels, (b"EXIF", b"x"), (b"XMP ", b"x"), flags=0))
    yield "unknown parts", file(parts((b"abcd", b"x" * 33), pixels, (b"efgh", b"y")))
    yield "EXIF that is cut off", file(parts(pixels, (b"EXIF", bytes(500))))[:-100]
    yield "rubbish after the end", still + rng.randbytes(501)


def gifs(rng: random.Random) -> Iterator[tuple[str, bytes]]:
    whole = encoded(PLAIN, "GIF")
    first = 13 + 3 * 2 ** ((whole[10] & 7) + 1)
    inserted = {
        "a comment of rubbish": b"\x21\xfe" + b"\x40" + rng.randbytes(64) + b"\0",
        "an unknown extension": b"\x21\x77\x05abcde\0",
        "a program of rubbish": b"\x21\xff\x0bNETSCAPE2.0\x01\x09\0",
        "XMP": b"\x21\xff\x0bXMP DataXMP" + b"\xff" + b"x" * 255 + b"\0",
    }
    for name, extension in inserted.items():
        yield name, whole[:first] + extension + whole[first:]
    yield "no end", whole[:-1]
    yield "rubbish after the end", whole + rng.randbytes(500)
    film = encoded(PLAIN, "GIF", save_all=True, append_images=[Image.new("RGB", PLAIN.size, "blue")])
    yield "a film that is cut in its second picture", film[:-8]


def bmps(rng: random.Random) -> Iterator[tuple[str, bytes]]:
    whole = encoded(PLAIN, "BMP")
    yield "no size of the file", whole[:2] + bytes(4) + whole[6:]
    yield "a wrong size of the file", whole[:2] + b"\xff\xff\xff\x7f" + whole[6:]
    yield "reserved words", whole[:6] + rng.randbytes(4) + whole[10:]
    yield "no size of the pixels", whole[:34] + bytes(4) + whole[38:]
    yield "absurd resolutions", whole[:38] + b"\xff" * 8 + whole[46:]
    yield "rubbish after the end", whole + rng.randbytes(300)


def tiffs(rng: random.Random) -> Iterator[tuple[str, bytes]]:
    """Tags are added to a TIFF by a new list of them at its end."""
    whole = encoded(PLAIN, "TIFF")
    (first,) = struct.unpack_from("<I", whole, 4)
    (count,) = struct.unpack_from("<H", whole, first)
    tags = [struct.unpack_from("<HHI4s", whole, first + 2 + 12 * i) for i in range(count)]

    def file(*more: tuple[int, int, int, int], following: int | None = 0) -> bytes:
        own = {tag: (tag, kind, number, struct.pack("<I", value)) for tag, kind, number, value in more}
        merged = sorted([tag for tag in tags if tag[0] not in own] + list(own.values()))
        after = len(whole) if following is None else following
        entries = b"".join(struct.pack("<HHI4s", *tag) for tag in merged)
        return (
            whole[:4]
            + struct.pack("<I", len(whole))
            + whole[8:]
            + struct.pack("<H", len(merged))
            + entries
            + struct.pack("<I", after)
        )

    yield "a camera's list outside", file((0x8769, 4, 1, 2**31))
    yield "a camera's list that is rubbish", file((0x8769, 4, 1, 1), (0x8825, 4, 1, 3))
    yield "a camera's list that is this one", file((0x8769, 4, 1, len(whole)))
    yield "texts outside", file((270, 2, 500, 2**31), (305, 2, 500, 2**31))
    yield "a profile outside", file((34675, 7, 5000, 2**31))
    yield "Photoshop's block outside", file((34377, 1, 5000, 2**31))
    yield "XMP outside", file((700, 1, 5000, 2**31))
    yield "a resolution outside", file((282, 5, 1, 2**31), (283, 5, 1, 2**31), (296, 3, 1, 99))
    yield "a resolution by 0", file((282, 5, 1, 0), (283, 5, 1, 0))
    yield "an orientation of 0", file((274, 3, 1, 0))
    yield "private tags of unknown types", file((60_000, 77, 1, 1), (60_001, 200, 9, 9))
    yield "a thousand lists of 500 kB", file(*((tag, 1, 500_000, 2**31) for tag in range(2000, 3000)))
    yield "a next picture that is this one", file(following=None)
    yield "a next picture outside", file(following=2**31)
    yield "rubbish after the end", whole + rng.randbytes(300)


def isos(whole: bytes, mark: bytes, rng: random.Random) -> Iterator[tuple[str, bytes]]:
    """AVIF and HEIC with a sound block of EXIF, `mark`, which is written over."""
    assert mark in whole
    yield "nothing", whole
    yield "EXIF of rubbish", whole.replace(mark, rng.randbytes(len(mark)))
    yield "EXIF of zeros", whole.replace(mark, bytes(len(mark)))
    yield "EXIF that points outside", whole.replace(mark, mark[:4] + b"\xff" * (len(mark) - 4))
    yield "EXIF that points to itself", whole.replace(mark, mark[:-4] + b"\x08\0\0\0")
    yield "a box after the end", whole + struct.pack(">I", 300) + b"free" + rng.randbytes(292)


def avifs(rng: random.Random) -> Iterator[tuple[str, bytes]]:
    mark = exif(NAMES)
    return isos(encoded(PLAIN, "AVIF", quality=100, subsampling="4:4:4", exif=mark), mark, rng)


def heics(rng: random.Random) -> Iterator[tuple[str, bytes]]:
    return isos(TURNED_HEIC.read_bytes(), exif([*NAMES, (274, 3, 1, 6)]), rng)


TURNED_HEIC = Path(__file__).with_name("turned.heic")
"""`PLAIN` turned by 90 degrees, as pillow-heif writes it, with an orientation that sets it upright"""
NAMES = [(271, 2, 4, 0x00414141), (272, 2, 4, 0x00424242)]
"""Tags of a camera's maker and model"""


def icos(rng: random.Random) -> Iterator[tuple[str, bytes]]:
    picture, entry = encoded(PLAIN, "PNG"), "<HHHBBBBHHII"
    for name, sides in {"": (48, 40), "no sides": (0, 0), "wrong sides": (16, 16)}.items():
        yield f"icon, {name}", struct.pack(entry, 0, 1, 1, *sides, 0, 0, 1, 32, len(picture), 22) + picture
    yield (
        "icon, no kind of pixels",
        struct.pack(entry, 0, 1, 1, 48, 40, 9, 9, 0, 0, len(picture), 22) + picture,
    )
    whole = struct.pack(entry, 0, 1, 1, 48, 40, 0, 0, 1, 32, len(picture), 22) + picture
    yield "icon, rubbish after the end", whole + rng.randbytes(300)


UNSOUND = {
    "PNG": pngs,
    "JPEG": jpegs,
    "WebP": webps,
    "GIF": gifs,
    "BMP": bmps,
    "TIFF": tiffs,
    "AVIF": avifs,
    "HEIC": heics,
    "icon": icos,
}
"""Every kind, by format"""
