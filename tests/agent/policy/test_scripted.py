"""The scripted policy does what it was told and is named by it."""

from journeyman.agent.policy.base import Decision, Policy, View
from journeyman.agent.policy.scripted import Scripted
from journeyman.records import Action, Observation, Turn

VIEW = View(task="t", statement="", tests=(), files=(), read=lambda path: "")
RUN, SUBMIT = Action(tool="run_tests"), Action(tool="submit")


def turn(decision: Decision) -> Turn:
    seen = tuple(Observation(text="") for _ in decision.actions)
    return Turn(actions=decision.actions, observations=seen)


def test_it_plays_its_script_in_order_and_then_gives_up():
    policy: Policy = Scripted([[RUN, RUN], Decision(actions=(SUBMIT,), thought="done")])
    player = policy.begin(VIEW, seed=3)
    turns: list[Turn] = []
    seen = []
    while (decision := player.act(turns)).actions:
        seen.append(decision)
        turns.append(turn(decision))
    assert [decision.actions for decision in seen] == [(RUN, RUN), (SUBMIT,)]
    assert seen[1].thought == "done"


def test_it_goes_on_where_an_interrupted_attempt_stopped():
    script = Scripted([[RUN], [SUBMIT]])
    turns = [turn(script.begin(VIEW, 0).act([]))]
    assert Scripted([[RUN], [SUBMIT]]).begin(VIEW, 0).act(turns).actions == (SUBMIT,)


def test_only_equal_scripts_share_a_name():
    assert Scripted([[RUN]]).name == Scripted([Decision(actions=(RUN,))]).name
    names = {Scripted(script).name for script in ([], [[RUN]], [[RUN, RUN]], [[RUN], [RUN]])}
    assert len(names) == 4
