"""The chat policy against a real server on this machine that plays its part from a list."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyman.agent.policy.base import View
from journeyman.agent.policy.chat import Chat, ChatSettings
from journeyman.agent.policy.conversation import (
    DROPPED,
    MALFORMED,
    called_actions,
    fit,
    opening,
    played,
)
from journeyman.errors import InfrastructureError, SettingsError
from journeyman.records import Action, Observation, Turn

VIEW = View(
    task="t",
    statement="Two tests of the parser fail.",
    tests=tuple(f"tests/test_a.py::test_{number}" for number in range(40)),
    files=("a.py",),
    read=lambda path: "",
)
TEXT = {"type": "string"}
TOOLS = {
    "open": {
        "description": "Show a file.",
        "type": "object",
        "properties": {"path": TEXT},
        "required": ["path"],
    },
    "submit": {"description": "Hand in.", "type": "object", "properties": {}},
}
HANG = object()


def calls(*wanted, content=None):
    """A completion that calls tools: (name, arguments as text)."""
    tool_calls = [
        {"id": f"x{k}", "type": "function", "function": {"name": name, "arguments": arguments}}
        for k, (name, arguments) in enumerate(wanted)
    ]
    return {"role": "assistant", "content": content, "tool_calls": tool_calls}


def says(content):
    return {"role": "assistant", "content": content}


@contextmanager
def endpoint(*script):
    """Serve the script: a message, an HTTP status with body, raw text, or `HANG`."""
    remaining, requests, done = list(script), [], threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            requests.append((self.path, dict(self.headers), json.loads(body)))
            step = remaining.pop(0)
            if step is HANG:
                done.wait(5)
                return
            status, answer, headers = 200, step, {}
            if isinstance(step, tuple):
                status, answer, headers = (*step, {})[:3]
            elif isinstance(step, dict):
                answer = json.dumps({"choices": [{"index": 0, "message": step}]})
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.encode())

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", requests
    finally:
        done.set()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def player(url, seed=7, **changes):
    settings = {"model": "m", "backoff_s": 0.001, "retries": 2, **changes}
    return Chat(ChatSettings(base_url=url, **settings), TOOLS).begin(VIEW, seed)


def turn(decision, *texts):
    return Turn(
        actions=decision.actions,
        observations=tuple(Observation(text=text) for text in texts),
        thought=decision.thought,
    )


def test_a_whole_conversation():
    with endpoint(
        calls(("open", '{"path": "a.py"}'), ("open", '{"path": "b.py"}'), content="Let me see."),
        calls(("submit", "")),
    ) as (url, requests):
        play = player(url)
        first = play.act([])
        second = play.act([turn(first, "text of a", "text of b")])

    assert first.thought == "Let me see."
    assert first.actions == (
        Action(tool="open", arguments={"path": "a.py"}),
        Action(tool="open", arguments={"path": "b.py"}),
    )
    assert second.actions == (Action(tool="submit"),)
    path, _, body = requests[0]
    assert path == "/v1/chat/completions"
    assert (body["model"], body["seed"], body["temperature"]) == ("m", 7, 1.0)
    assert body["tools"][0]["function"] == {
        "name": "open",
        "description": "Show a file.",
        "parameters": {"type": "object", "properties": {"path": TEXT}, "required": ["path"]},
    }
    system, task = body["messages"]
    assert "open, submit" in system["content"]
    assert VIEW.statement in task["content"]
    assert "test_29" in task["content"] and "test_30" not in task["content"]
    assert "and 10 more" in task["content"] and "1 text file;" in task["content"]

    assistant, seen_a, seen_b = requests[1][2]["messages"][2:]
    assert assistant["content"] == "Let me see."
    assert [call["function"]["arguments"] for call in assistant["tool_calls"]] == [
        '{"path": "a.py"}',
        '{"path": "b.py"}',
    ]
    assert [seen_a["content"], seen_b["content"]] == ["text of a", "text of b"]
    assert [seen_a["tool_call_id"], seen_b["tool_call_id"]] == [
        call["id"] for call in assistant["tool_calls"]
    ]


def test_a_busy_or_broken_endpoint_is_asked_again():
    with endpoint(
        (429, "slow down", {"retry-after": "0"}), (503, "starting"), calls(("submit", "{}"))
    ) as (url, requests):
        assert player(url).act([]).actions == (Action(tool="submit"),)
    assert len(requests) == 3
    assert requests[0][2] == requests[2][2]


@pytest.mark.parametrize(
    "step", [(429, "slow down"), (500, "boom"), "not JSON", '{"error": "x"}', '{"choices": []}']
)
def test_a_fault_that_stays_is_the_machinerys_and_not_the_attempts(step):
    wanted = pytest.raises(InfrastructureError, match="asked 3 times")
    with endpoint(step, step, step) as (url, requests), wanted:
        player(url).act([])
    assert len(requests) == 3


def test_an_endpoint_that_does_not_answer_times_out():
    wanted = pytest.raises(InfrastructureError, match="ReadTimeout")
    with endpoint(HANG, HANG) as (url, _), wanted:
        player(url, timeout_s=0.1, retries=1).act([])


def test_an_endpoint_that_is_not_there_is_an_infrastructure_fault():
    with endpoint() as (url, _):
        pass
    with pytest.raises(InfrastructureError, match="ConnectError"):
        player(url).act([])


def test_a_refused_request_is_the_users_to_mend_and_does_not_show_the_key(monkeypatch):
    monkeypatch.setenv("A_KEY", "very-secret")
    wanted = pytest.raises(SettingsError, match="HTTP 401")
    with endpoint((401, "bad key very-secret")) as (url, requests), wanted as caught:
        player(url, api_key_env="A_KEY").act([])
    assert len(requests) == 1
    headers = {name.lower(): value for name, value in requests[0][1].items()}
    assert headers["authorization"] == "Bearer very-secret"
    assert "very-secret" not in str(caught.value)


def test_a_key_that_is_not_set_is_said_before_anything_is_played(monkeypatch):
    monkeypatch.delenv("A_KEY", raising=False)
    with pytest.raises(SettingsError, match="A_KEY"):
        player("http://127.0.0.1:1/v1", api_key_env="A_KEY")


@pytest.mark.parametrize("raw", ['{"path": ', "[1]", "3", '{"path": NaN}', "[" * 100_000])
def test_arguments_that_cannot_be_read_reach_the_tools_and_the_model_hears_of_it(raw):
    with endpoint(calls(("open", raw)), calls(("submit", "{}"))) as (url, requests):
        play = player(url, context_tokens=200_000)
        first = play.act([])
        assert first.actions == (Action(tool="open", arguments={MALFORMED: raw}),)
        play.act([turn(first, "open: the argument 'path' is missing")])
    assistant, seen = requests[1][2]["messages"][2:]
    assert assistant["tool_calls"][0]["function"]["arguments"] == raw
    assert "not a valid JSON object" in seen["content"]
    assert seen["content"].endswith("is missing")


def test_an_unknown_tool_is_passed_on():
    with endpoint(calls(("fly", "{}"))) as (url, _):
        assert player(url).act([]).actions == (Action(tool="fly"),)


def test_an_argument_that_is_null_was_left_out():
    with endpoint(calls(("open", '{"path": "a", "last": null}'))) as (url, _):
        assert player(url).act([]).actions[0].arguments == {"path": "a"}


def test_a_reply_without_a_call_is_nudged():
    with endpoint(says("I think it is line 3."), calls(("submit", "{}"))) as (url, requests):
        decision = player(url).act([])
    assert decision.actions == (Action(tool="submit"),)
    assert decision.choice == {"nudges": 1}
    said, nudge = requests[1][2]["messages"][2:]
    assert said == says("I think it is line 3.")
    assert nudge["role"] == "user" and "open, submit" in nudge["content"]


def test_after_three_nudges_in_a_row_it_has_given_up():
    parts = {"role": "assistant", "content": [{"type": "text", "text": "hm"}], "tool_calls": None}
    with endpoint(says("a"), says(None), says("c"), parts) as (url, requests):
        decision = player(url).act([])
    assert decision.actions == ()
    assert decision.thought == "hm"
    assert len(requests) == 4


@given(
    st.dictionaries(
        st.sampled_from(["function", "id", "name"]),
        st.recursive(
            st.none() | st.integers() | st.text() | st.just("\ud800"),
            lambda inner: st.dictionaries(st.sampled_from(["name", "arguments"]), inner),
        ),
    )
)
def test_whatever_a_server_calls_a_tool_call_becomes_a_storable_action(call):
    (action,) = called_actions({"tool_calls": [call]})
    action.model_dump_json().encode()
    (assistant, seen) = played([Turn(actions=(action,), observations=())])
    assert assistant["tool_calls"][0]["id"] == seen["tool_call_id"]


LONG = [
    Turn(
        actions=(Action(tool="open", arguments={"path": f"{number}.py"}),),
        observations=(Observation(text=f"{number} " + "x" * 4000),),
        thought="t" * 200,
    )
    for number in range(6)
]


def test_the_oldest_observations_lose_their_text_first_and_the_statement_stays():
    messages = opening(VIEW, list(TOOLS)) + played(LONG)
    fitted = fit(messages, 5000)
    assert len(json.dumps(fitted)) <= 4 * 5000
    assert fitted[:2] == messages[:2]
    seen = [message["content"] for message in fitted if message["role"] == "tool"]
    assert seen[:2] == [DROPPED, DROPPED]
    assert seen[-1] == LONG[-1].observations[0].text
    assert seen == sorted(seen, key=lambda text: text != DROPPED)
    assert messages[3]["content"].startswith("0 x")  # the input is left alone


@given(st.integers(1, 9000), st.integers(0, 6))
def test_a_fitted_conversation_keeps_its_shape(tokens, length):
    messages = opening(VIEW, list(TOOLS)) + played(LONG[:length])
    fitted = fit(messages, tokens)
    assert [m["role"] for m in fitted] == [m["role"] for m in messages]
    assert [m.get("tool_calls") for m in fitted] == [m.get("tool_calls") for m in messages]
    assert fitted[:2] == messages[:2]
    if tokens >= 2500:
        assert len(json.dumps(fitted)) <= 4 * tokens
    if len(json.dumps(messages)) <= 4 * tokens:
        assert fitted == messages


def test_the_name_tells_what_is_sent_and_nothing_of_how_it_is_reached():
    def name(**changes):
        settings = {"base_url": "http://h/v1", "model": "m", **changes}
        return Chat(ChatSettings(**settings), TOOLS).name

    assert name().startswith("chat:m@")
    assert name() == name(api_key_env="OTHER", timeout_s=3, retries=9, backoff_s=2)
    different = [
        name(),
        name(temperature=0.0),
        name(max_tokens=None),
        name(context_tokens=9),
        name(base_url="http://g/v1"),
        name(extra={"top_p": 0.9}),
    ]
    assert len(set(different)) == len(different)
    fewer = Chat(ChatSettings(base_url="http://h/v1", model="m"), {"submit": TOOLS["submit"]})
    assert fewer.name != name()


@pytest.mark.parametrize(
    "wrong",
    [
        {"base_url": "localhost:8000"},
        {"model": ""},
        {"temperature": -1.0},
        {"max_tokens": 0},
        {"context_tokens": 0},
        {"timeout_s": 0.0},
        {"retries": -1},
    ],
)
def test_settings_that_make_no_sense_are_refused(wrong):
    with pytest.raises(SettingsError, match=next(iter(wrong))) as caught:
        ChatSettings(**{"base_url": "http://h/v1", "model": "m", **wrong})
    assert caught.value.cure
