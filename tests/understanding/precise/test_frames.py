"""Messages on the wire."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyman.understanding.precise.frames import HEADER_BYTES, Frames, frame


@given(st.lists(st.dictionaries(st.text(), st.text(), max_size=3), max_size=5), st.integers(1, 50))
def test_messages_come_out_whole_however_the_bytes_come_in(
    messages: list[dict[str, str]], size: int
) -> None:
    messages = [
        {key.encode("utf-8", "ignore").decode(): "é𝒜" for key in message} for message in messages
    ]
    stream = b"".join(frame(message) for message in messages)
    frames = Frames()
    found = []
    for start in range(0, len(stream), size):
        found += frames.feed(stream[start : start + size])
    assert found == messages


def test_other_header_lines_and_cases_are_accepted() -> None:
    head = b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\ncontent-length: 2\r\n\r\n"
    assert Frames().feed(head + b"{}") == [{}]


@pytest.mark.parametrize(
    "garbage",
    [
        b"Starting up...\r\n\r\n",
        b"x" * HEADER_BYTES,
        b"Content-Length: -1\r\n\r\n",
        b"Content-Length: many\r\n\r\n",
        b"Content-Length: 99999999999999999999\r\n\r\n",
        b"Content-Length: 3\r\n\r\n{,}",
        b"Content-Length: 2\r\n\r\n[]",
        b"Content-Length: 2\r\n\r\n\xff\xff",
        b"Content-Length: 200000\r\n\r\n" + b"[" * 200000,
    ],
)
def test_what_is_not_the_protocol_is_refused(garbage: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Frames().feed(garbage)
