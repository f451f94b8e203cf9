"""The bytes of a file: decompressed, in UTF-8, a piece at a time, up to where it is damaged."""

from __future__ import annotations

import codecs
import gzip
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any

from statclass.errors import DataError, MissingExtraError
from statclass.formats.names import STANDARD_STREAM, compression_of

PIECE = 2**19
_SMALL = 2**16
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_AS_THEY_ARE = ("utf-8", "ascii", "utf-8-sig")

Read = Callable[[], bytes]


class Pieces:
    """The content of a file as UTF-8, in pieces of half a megabyte.

    Bytes that are not in the file's encoding are left as they are in UTF-8, and become U+FFFD in all others.

    Parameters
    ----------
    read : callable
        Gives the next few decompressed bytes, and none at the end.
    place : callable
    encoding : str

    Attributes
    ----------
    place : callable
        How many bytes of the file itself, as it lies on the disk, were read.
    failure : str or None
        Why the file could not be read to its end.
    """

    def __init__(self, read: Read, place: Callable[[], int], encoding: str) -> None:
        self._read = read
        self.place = place
        self._encoding = encoding
        self._decoder: codecs.IncrementalDecoder | None = None
        self._started = False
        self._rest = b""
        self.failure: str | None = None

    def __iter__(self) -> Iterator[bytes]:
        while raw := self._fill():
            if not self._started:
                raw = self._begin(raw)
            piece = raw if self._decoder is None else _utf8(self._decoder.decode(raw))
            if piece:
                yield piece
        if self._decoder is not None and (rest := _utf8(self._decoder.decode(b"", True))):
            yield rest

    def _begin(self, raw: bytes) -> bytes:
        """Look at the byte-order mark, and choose the decoder."""
        self._started = True
        marked = next((encoding for mark, encoding in _MARKS.items() if raw.startswith(mark)), None)
        encoding = marked or codecs.lookup(self._encoding).name
        if encoding in _AS_THEY_ARE:
            return raw.removeprefix(codecs.BOM_UTF8)
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        return raw

    def _fill(self) -> bytes:
        """A piece of exactly the size of all pieces, or what there is before the end or the damage."""
        parts, size = [self._rest], len(self._rest)
        while size < PIECE and self.failure is None:
            try:
                part = self._read()
            except (OSError, EOFError, zlib.error, ValueError) as error:
                self.failure = f"cannot be read further ({error})"
                break
            if not part:
                break
            parts.append(part)
            size += len(part)
        whole = b"".join(parts)
        self._rest = whole[PIECE:]
        return whole[:PIECE]


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


@contextmanager
def open_pieces(name: str, encoding: str = "utf-8-sig") -> Iterator[Pieces]:
    """Open a file, or standard input, for reading.

    Raises
    ------
    DataError
        When there is no such file or encoding.
    MissingExtraError
        For .zst without the extra ``zstd``.
    """
    _check_encoding(name, encoding)
    if name == STANDARD_STREAM:
        counted = _Counted(sys.stdin.buffer)
        yield Pieces(counted.read, lambda: counted.size, encoding)
        return
    with _open(name) as raw:
        yield Pieces(_reader(raw, name), raw.tell, encoding)


def _check_encoding(name: str, encoding: str) -> None:
    try:
        b"a".decode(encoding, "replace")
    except LookupError as error:
        raise DataError(
            f"{name}: unknown encoding {encoding!r}; expected one such as utf-8, latin-1, cp1252"
        ) from error


def _open(name: str) -> IO[bytes]:
    try:
        return open(name, "rb")
    except (OSError, ValueError) as error:
        raise DataError(f"{name}: cannot be opened ({getattr(error, 'strerror', None) or error})") from error


def _reader(raw: IO[bytes], name: str) -> Read:
    compression = compression_of(name)
    if compression == "gz":
        unzipped = gzip.GzipFile(fileobj=raw)
        return lambda: unzipped.read1(_SMALL)
    if compression == "zst":
        return _Frames(raw, zstandard(name)).read
    return lambda: raw.read(PIECE)


class _Counted:
    """A pipe, and how many bytes came out of it."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.size = 0

    def read(self) -> bytes:
        data: bytes = self._stream.read(PIECE)
        self.size += len(data)
        return data


class _Frames:
    """Zstandard frames one after the other; says when the last one is cut, which zstandard's own reader passes over."""

    def __init__(self, raw: IO[bytes], library: Any) -> None:
        self._raw = raw
        self._library = library
        self._frame: Any = None
        self._rest = b""

    def read(self) -> bytes:
        while True:
            data = self._rest or self._raw.read(_SMALL)
            self._rest = b""
            if not data:
                if self._frame is not None:
                    raise EOFError("the compressed file ended before its end-of-stream marker was reached")
                return b""
            self._frame = self._frame or self._library.ZstdDecompressor().decompressobj()
            try:
                text: bytes = self._frame.decompress(data)
            except self._library.ZstdError as error:
                raise OSError(str(error)) from error
            if self._frame.eof:
                self._rest, self._frame = self._frame.unused_data, None
            if text:
                return text


def zstandard(name: str) -> Any:
    """The module zstandard.

    Raises
    ------
    MissingExtraError
        When it is not installed.
    """
    try:
        import zstandard as library
    except ImportError as error:
        raise MissingExtraError(f'{name}: .zst needs: pip install "statclass[zstd]"') from error
    return library
