"""Picture files without their metadata: no damage in it costs the picture, and no size of it memory.

Pillow gives a picture up for a checksum, a text or a profile that no viewer looks at. What this module leaves
of a file are the parts that hold pixels, and the orientation.
"""

import re
import struct
import zlib
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import BinaryIO, NamedTuple

from space.text.limits import MAX_MEGAPIXELS, MAX_METADATA_BYTES
from space.text.refusals import Problem

PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
MAX_BEFORE = 64
"""bytes of rubbish (an empty line, a mark of the byte order) that a PNG or JPEG may follow"""
MAX_FILE_BYTES = 8 * MAX_MEGAPIXELS * 1_000_000
"""bytes that are read of a file: so many has the largest picture unpacked, at 16 bits a channel"""
STREAMED = (b"GIF8", b"BM")
"""How GIF and BMP begin: Pillow reads them from where they are"""
TIFF = {b"II*\0": ("<I", "<H"), b"MM\0*": (">I", ">H"), b"II+\0": ("<Q", "<Q"), b"MM\0+": (">Q", ">Q")}
"""How TIFF and BigTIFF begin, and how they write an address and the number of tags"""
TIFF_PIXELS = {
    *(
        254,
        256,
        257,
        258,
        259,
        262,
        266,
        273,
        274,
        277,
        278,
        279,
        284,
        292,
        293,
        317,
        320,
        322,
        323,
        324,
        325,
    ),
    *(332, 338, 339, 347, 512, 513, 514, 515, 517, 518, 519, 520, 521, 529, 530, 531, 532, 50674),
}
"""Tags of a TIFF without which its pixels cannot be read, or not the right way up"""
MAX_TAG = 200_000
"""values of such a tag; so many has the longest, where each of these rows is packed apart"""
BRANDS = {b"avif", b"avis", b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
"""Kinds of AVIF and HEIC"""
FOREIGN = {
    "PDF": rb"%PDF-",
    "Photoshop": rb"8BPS",
    "JPEG XL": rb"\xff\x0a|\0\0\0\x0cJXL ",
    "JPEG 2000": rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51",
    "video": rb"(?s)....ftyp(?:qt|mp4|isom|M4V|3gp)|\x1a\x45\xdf\xa3|RIFF....AVI ",
}
"""How files begin that show something, but are no pictures of pixels here"""


class Pixels(NamedTuple):
    """A picture file without metadata."""

    file: BinaryIO
    turned: int = 1
    """orientation as EXIF counts it; 1 is upright"""
    whole: bool = True
    """False for a JPEG that had no end: rows may be missing, in their place is grey"""


def pixels_only(file: BinaryIO, formats: Sequence[str] = ()) -> Pixels:
    """A picture file with its pixels alone.

    Raises `Problem` for formats that are not read here, unless they are among the `formats`, and for a PNG
    whose metadata unpacks to more than `MAX_METADATA_BYTES`.
    """
    head = file.read(1000)
    file.seek(0)
    if head.startswith(STREAMED):
        return Pixels(file)
    for name, begin in FOREIGN.items():
        if name.replace(" ", "") not in formats and re.match(begin, head):
            raise Problem("foreign_picture", format=name)
    return _pixels_only(file.read(MAX_FILE_BYTES))


def _pixels_only(data: bytes) -> Pixels:
    for signature, read in ((PNG, _png), (JPEG, _jpeg)):
        start = data[: MAX_BEFORE + len(signature)].find(signature)
        if start >= 0:
            return read(memoryview(data)[start:])
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp(memoryview(data))
    if data[4:8] == b"ftyp" and data[8:12] in BRANDS:
        return Pixels(
            BytesIO(_without_exif_item(data))
        )  # its reader turns it, by what is said apart from EXIF
    if data[:4] == b"\0\0\1\0":
        return _ico(data)
    if data[:4] in TIFF:
        return _tiff(data)
    return Pixels(BytesIO(data))


def orientation(exif: bytes) -> int:
    """1 to 8, from a block of EXIF; 1 if it does not say."""
    exif = exif.removeprefix(b"Exif\0\0")
    order = {b"II": "<", b"MM": ">"}.get(bytes(exif[:2]), "<")
    try:
        (first,) = struct.unpack_from(f"{order}I", exif, 4)
        (count,) = struct.unpack_from(f"{order}H", exif, first)
        for entry in range(first + 2, first + 2 + 12 * count, 12):
            tag, kind, _, value = struct.unpack_from(f"{order}HHIH", exif, entry)
            if tag == 274 and kind == 3:
                return value if 1 <= value <= 8 else 1
    except struct.error:  # it points to where nothing is
        pass
    return 1


def _png(data: memoryview) -> Pixels:
    kept, exif, left = [PNG], b"", MAX_METADATA_BYTES
    for kind, content, checksum in _png_chunks(data):
        sound = checksum == struct.pack(">I", zlib.crc32(content, zlib.crc32(kind)))
        if kind in (b"IHDR", b"PLTE", b"IDAT") or (kind == b"tRNS" and sound and _clear(kept[1], content)):
            kept.append(b"".join((struct.pack(">I", len(content)), kind, content, checksum)))
        elif kind == b"eXIf":
            exif = exif or bytes(content)
        elif kind in (b"zTXt", b"iTXt", b"iCCP"):
            left -= _unpacked(kind, bytes(content), left)
        if left < 0:
            raise Problem("not_an_image")
    end = struct.pack(">I4sI", 0, b"IEND", zlib.crc32(b"IEND"))
    return Pixels(BytesIO(b"".join((*kept, end))), orientation(exif))


def _png_chunks(data: memoryview) -> Iterator[tuple[bytes, memoryview, bytes]]:
    """Kind, content and checksum of each chunk up to the end of the picture or of the file."""
    position = len(PNG)
    while position + 8 < len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        if kind == b"IEND":
            return
        content = data[position + 8 : position + 8 + length]
        yield kind, content, bytes(data[position + 8 + length : position + 12 + length])
        position += 12 + length


def _clear(header: bytes, content: memoryview) -> bool:
    """Whether a chunk of transparency is as long as the kind of colour in the header wants it."""
    return {0: len(content) == 2, 2: len(content) == 6, 3: len(content) <= 256}.get(header[17], False)


def _unpacked(kind: bytes, content: bytes, most: int) -> int:
    """Bytes that a chunk of packed text or a profile unpacks to; of more than `most`, somewhat more."""
    packed = content.partition(b"\0")[2]  # after the name
    if kind == b"iTXt":
        if packed[:1] != b"\1":
            return 0
        packed = packed[1:].partition(b"\0")[2].partition(b"\0")[2]
    unpacker, packed, count = zlib.decompressobj(), packed[1:], 0
    try:
        while count <= most and (part := unpacker.decompress(packed, 1 << 20)):
            count, packed = count + len(part), unpacker.unconsumed_tail
    except zlib.error:  # damaged: nobody will unpack it
        pass
    return count


def _jpeg(data: memoryview) -> Pixels:
    """The segments that a decoder needs: tables, the frame, and what says how colours are coded."""
    kept, turned, position = [b"\xff\xd8"], 1, 2
    while position + 4 <= len(data):
        if data[position] != 0xFF or data[position + 1] in (0, 0xFF):  # rubbish or padding before a marker
            position += 1
            continue
        marker = data[position + 1]
        if 0xD0 <= marker <= 0xD8 or marker == 1:  # markers without a length
            position += 2
            continue
        if marker in (0xD9, 0xDA):  # the end, or the pixels
            break
        end = position + 2 + max(2, struct.unpack_from(">H", data, position + 2)[0])
        content = bytes(data[position + 4 : end])
        if marker == 0xE1 and content.startswith(b"Exif\0\0") and turned == 1:
            turned = orientation(content)
        metadata = 0xE0 <= marker <= 0xEF or marker == 0xFE
        if not metadata or (content[:5] in (b"JFIF\0", b"Adobe") and len(content) >= 12):
            kept.append(data[position:end])
        position = end
    rest = bytes(data[position:])
    return Pixels(BytesIO(b"".join((*kept, rest, b"\xff\xd9"))), turned, b"\xff\xd9" in rest)


def _webp(data: memoryview) -> Pixels:
    kept, turned, position = [], 1, 12
    while position + 8 <= len(data):
        kind, length = struct.unpack_from("<4sI", data, position)
        content = bytes(data[position + 8 : position + 8 + length])
        position += 8 + length + length % 2
        if kind == b"EXIF":
            turned = orientation(content)
        if len(content) < length or kind not in (b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF"):
            continue
        if kind == b"VP8X":  # its flags say which metadata follow
            content = bytes((content[0] & 0b0001_0010,)) + content[1:]
        kept.append(struct.pack("<4sI", kind, length) + content + b"\0" * (length % 2))
    body = b"WEBP" + b"".join(kept)
    return Pixels(BytesIO(b"RIFF" + struct.pack("<I", len(body)) + body), turned)


def _without_exif_item(data: bytes) -> bytes:
    """An AVIF or HEIC whose EXIF has another name: every offset stays right, and nobody reads it.

    How the picture is turned, these two say apart from EXIF, and their readers turn it.
    """
    return re.sub(rb"(?s)(infe[\2\3]...(?:..|....)..)Exif", rb"\1skip", data)


def _tiff(data: bytes) -> Pixels:
    """The first picture of a TIFF, whose list of tags is written anew over the old one.

    Pillow would read what every tag points to, however large and however often, and stop at one that points
    outside.
    """
    address, number = TIFF[data[:4]]
    wide = struct.calcsize(address)
    (first,) = struct.unpack_from(address, data, wide)
    (count,) = struct.unpack_from(number, data, first)
    start, tag = first + struct.calcsize(number), struct.Struct(f"{address[0]}HH{address[1]}{wide}s")
    entries = data[start : start + tag.size * min(count, 65_535)]
    found = list(tag.iter_unpack(entries[: len(entries) // tag.size * tag.size]))
    kept = [entry for entry in found if entry[0] in TIFF_PIXELS]
    if any(values > MAX_TAG for _, _, values, _ in kept):
        raise Problem("not_an_image")
    tags = struct.pack(number, len(kept)) + b"".join(tag.pack(*entry) for entry in kept) + bytes(wide)
    return Pixels(BytesIO(b"".join((data[:first], tags, data[first + len(tags) :]))))


def _ico(data: bytes) -> Pixels:
    """Of an icon the largest picture, if that is a PNG; else the icon, unless it lies about its size."""
    entries = list(struct.iter_unpack("<BBBBHHII", data[6 : 6 + 16 * min(256, data[4])]))
    if not entries:
        return Pixels(BytesIO(data))
    *_, length, offset = max(entries, key=lambda entry: ((entry[0] or 256) * (entry[1] or 256), entry[5]))
    picture = data[offset : offset + length]
    if picture.startswith(PNG):
        return _png(memoryview(picture))
    if len(picture) < 12 or max(struct.unpack_from("<ii", picture, 4)) > 512:
        raise Problem("not_an_image")
    return Pixels(BytesIO(data))
