"""The setting that names STUN and TURN servers: taken as it is, or a sentence why not."""

import pytest

from fer.errors import ConfigError
from fer.live.ice_servers import has_turn, parse_ice_servers

TURN = '{"urls": "turn:turn.example.org:3478", "username": "fer", "credential": "secret"}'


def test_no_setting_asks_no_server() -> None:
    assert parse_ice_servers(" ") == []
    assert not has_turn([])


def test_servers_come_as_they_are_written() -> None:
    servers = parse_ice_servers(f'[{{"urls": ["stun:a.example.org", "stun:b.example.org"]}}, {TURN}]')
    assert servers[0]["urls"] == ["stun:a.example.org", "stun:b.example.org"]
    assert servers[1]["credential"] == "secret"
    assert has_turn(servers)
    assert not has_turn(servers[:1])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("turn:somewhere", "is not JSON"),
        (TURN, "must be a list"),
        ('["turn:somewhere"]', "has “urls”"),
        ('[{"url": "stun:a"}]', "has “urls”"),
        ('[{"urls": "https://a"}]', "begins with stun:"),
        ('[{"urls": 7}]', "begins with stun:"),
        ('[{"urls": []}]', "begins with stun:"),
        ('[{"urls": "turn:a.example.org"}]', "needs a “username”"),
    ],
)
def test_what_cannot_work_is_a_sentence_with_an_example(text: str, sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence) as caught:
        parse_ice_servers(text)
    assert "Write" in str(caught.value)
