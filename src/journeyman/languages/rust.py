"""Rust by the seam: `cargo test` on integration tests; the example of docs/adding-a-language.md.

What judges are the tests in ``tests/``: a unit test lies in the file that a task breaks, where a
patch could change it. Breaks that do not compile make no task. Stable Rust tells no coverage
without tools of its own, so every test counts as going through every line.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from journeyman.errors import AdoptError
from journeyman.grading.forging import Cheat
from journeyman.languages.command_language import CommandLanguage
from journeyman.languages.keeping import keep
from journeyman.languages.language import Serving
from journeyman.languages.rust_grammar import RUST
from journeyman.records import Coverage, TestReport, TestResult, digest
from journeyman.repository.copies import lay_out
from journeyman.repository.detect import Plan
from journeyman.repository.environment import Environment
from journeyman.repository.globs import matches
from journeyman.repository.installation import tail
from journeyman.repository.launcher import Command, Completed, IsolatedLauncher, Launcher
from journeyman.repository.partial import partial
from journeyman.repository.tree import Tree
from journeyman.sandbox.bubblewrap import Bind
from journeyman.sandbox.testing.command_suite import SEPARATOR, Runner, written
from journeyman.settings import Settings
from journeyman.tasks.breaking import Site
from journeyman.tasks.history.kinds import FileKinds
from journeyman.tasks.syntax import Grammar, functions

_TEST = re.compile(r"^tests/[^/]+\.rs$")
_RUNNING = re.compile(r"^\s*Running (?:unittests )?(\S+) \(")
_RESULT = re.compile(r"^test (\S+)(?: - should panic)? \.\.\. (ok|FAILED|ignored)")
_PANIC = re.compile(r"^thread '([^']+)'(?: \(\d+\))? panicked at (\S+?):(\d+):\d+:$")
_OUTCOMES = {"ok": "passed", "FAILED": "failed", "ignored": "skipped"}


class Rust(CommandLanguage):
    """See `journeyman.languages.Language`."""

    name: ClassVar[str] = "rust"
    start_cpu_s: ClassVar[int] = 60  # of which the compiler takes most

    @property
    def kinds(self) -> FileKinds:
        """See `Language.kinds`."""
        return FileKinds(
            suffixes=(".rs",),
            is_test=lambda path: path.startswith("tests/"),
            is_code=lambda path: path.startswith("src/") and path.endswith(".rs"),
            is_module=lambda path: bool(_TEST.match(path)),
            functions=lambda path, text: functions(path, text, RUST),
        )

    def grammar(self, path: str) -> Grammar:
        """Return Rust's table."""
        return RUST

    def sites(self, source: Any) -> Iterator[Site]:
        """Leave unit tests alone."""
        return (site for site in super().sites(source) if not site.function.startswith("tests."))

    def detect(self, tree: Tree, settings: Settings) -> Plan:
        """Return the plan of one crate with integration tests."""
        modules = tuple(
            path
            for path in tree.files()
            if _TEST.match(path) and not matches(path, settings.tests.exclude)
        )
        code = tuple(path for path in tree.files() if self.kinds.is_code(path))
        if not tree.exists("Cargo.toml") or not modules or not code:
            raise AdoptError(
                "This is no crate with integration tests (Cargo.toml, src/*.rs, tests/*.rs).",
                "Adopt the folder of one crate; unit tests in src/ are not used as judges.",
            )
        return Plan(
            language="rust",
            runner="cargo",
            test_paths=modules,
            test_files=tuple(path for path in tree.files() if self.kinds.is_test(path)),
            code_files=tuple(path for path in code if not matches(path, settings.code.exclude)),
            config_files=("Cargo.toml",),
            install_files=tuple(n for n in ("Cargo.toml", "Cargo.lock") if tree.exists(n)),
            arguments=tuple(settings.tests.arguments),
            tried=("Cargo.toml and tests/*.rs",),
        )

    def build(
        self,
        tree: Tree,
        plan: Plan,
        settings: Settings,
        directory: Path,
        launcher: Launcher,
        *,
        version: str = "",
    ) -> Environment:
        """Fetch the crates that the lock names (with a network) into a cargo home of its own."""
        toolchain = _toolchain()
        key = digest([[tree.read(name) for name in plan.install_files], toolchain.version])

        def make(work: Path) -> Environment:
            lay_out(tree, Path(os.devnull), work / "repository")
            binds = [(work / "venv", "/env", True), (work / "repository", "/repo", True)]
            online = not settings.environment.offline
            done = toolchain.run(launcher, ["fetch"], binds, settings, network=online)
            if done.code:
                raise AdoptError(f"cargo could not fetch:\n{tail(done.output)}", "See Cargo.toml.")
            lock = (work / "repository" / "Cargo.lock").read_text("utf-8")
            (work / "additions" / "Cargo.lock").write_text(lock, "utf-8")
            shutil.rmtree(work / "repository")
            version = toolchain.version
            return Environment(key=key, mode="built", python="", version=version, lock=lock)

        return keep(directory, key, (toolchain.root,), make)

    def lay_out(self, serving: Serving) -> None:
        """Lay out the tree with its tests compiled, so that a run compiles what differs."""
        if serving.shown.exists():
            return
        with partial(serving.shown) as work:
            lay_out(serving.tree, Path(serving.environment.additions), work)
            binds = [(Path(serving.environment.venv), "/env", False), (work, "/repo", True)]
            command = ["test", "--offline", "--no-run"]
            done = _toolchain().run(
                IsolatedLauncher(serving.tier), command, binds, serving.settings
            )
            if done.code:
                raise AdoptError(f"The tests do not compile:\n{tail(done.output)}", "Repair them.")

    def binds(self, environment: Environment) -> tuple[Bind, ...]:
        """Return the toolchain and the fetched crates."""
        return tuple(Bind(host, inside) for host, inside in environment.binds())

    def runner(self, serving: Serving) -> Runner:
        """Return the adapter."""
        plan, tree = serving.plan, serving.tree
        lines = {path: len(tree.read(path).splitlines()) for path in plan.code_files}
        toolchain = _toolchain()
        return CargoTest(
            str(toolchain.cargo), plan.test_paths, plan.arguments, lines, toolchain.variables()
        )

    def command(self, plan: Plan) -> str:
        """Return the test command as a person would type it."""
        return "cargo test --tests"

    def never_crosses(self, path: str) -> bool:
        """Whether a file is a test's, or tells cargo what to do."""
        name = path.rpartition("/")[2]
        settings = name in ("Cargo.toml", "Cargo.lock", "build.rs", "rust-toolchain.toml")
        return settings or path.startswith(("tests/", "target/", ".cargo/", "benches/"))

    @property
    def cheats(self) -> tuple[Cheat, ...]:
        """Those of every language, and leaving before libtest begins."""
        early = '#[used]\n#[link_section = ".init_array"]\nstatic X: extern "C" fn() = {\n'
        early += '    extern "C" fn x() { std::process::exit(0) }\n    x\n};\n'
        leave = Cheat("exit early", "leave before main", "task", lambda task, text: {
            task.place.path: early + text})  # fmt: skip
        return (*super().cheats, leave)


@dataclass(frozen=True)
class CargoTest:
    """`cargo test`, behind `command_suite.Runner`; its printed output is the report."""

    cargo: str
    files: tuple[str, ...]
    arguments: tuple[str, ...]
    lines: dict[str, int]
    variables: dict[str, str]

    def request(self, files: Sequence[str], *, coverage: bool) -> dict[str, Any]:
        """See `Runner.request`."""
        names = [Path(file).stem for file in files or self.files]
        chosen = [part for name in names for part in ("--test", name)]
        run = [self.cargo, "test", "--offline", "--no-fail-fast", *chosen, *self.arguments]
        return {
            "run": [*run, "--", "--test-threads=1"],
            "environment": self.variables,
            "output": True,
        }

    def read(self, answer: dict[str, Any], nonce: str, seconds: float) -> TestReport:
        """Read what libtest printed; a crate that does not compile has crashed."""
        found = list(_results(answer["report"]))
        if answer["ending"] == "finished" and "could not compile" in answer["report"]:
            answer = {**answer, "ending": "crashed"}
        report = written(found, answer, seconds)
        passing = tuple(result.id for result in found)
        everywhere = tuple(range(len(passing)))
        coverage = Coverage(
            tests=passing,
            files={
                path: dict.fromkeys(range(1, count + 1), everywhere)
                for path, count in self.lines.items()
            },
        )
        return report.model_copy(update={"coverage": coverage})

    def stale(self, paths: Sequence[str]) -> Sequence[str]:
        """Nothing goes: cargo compiles anew what differs."""
        return ()

    def guarded(self, files: Sequence[str]) -> Sequence[str]:
        """The test files and the manifest."""
        return [*files, "Cargo.toml"]


def _results(text: str) -> Iterator[TestResult]:
    """Yield the tests of libtest's output, with the place and words of each panic."""
    lines = text.splitlines()
    panics: dict[str, tuple[str, int, str]] = {}
    for number, line in enumerate(lines):
        if match := _PANIC.match(line):
            after = " ".join(lines[number + 1 : number + 4]).strip()
            panics.setdefault(match[1], (match[2], int(match[3]), after[:600]))
    file = ""
    for line in lines:
        if match := _RUNNING.match(line):
            file = match[1]
        elif file and (match := _RESULT.match(line)):
            path, at, message = panics.get(match[1], ("", 0, ""))
            failed = match[2] == "FAILED"
            yield TestResult(
                id=f"{file}{SEPARATOR}{match[1]}",
                outcome=_OUTCOMES[match[2]],  # type: ignore[arg-type]
                message=message if failed else "",
                path=path if failed else "",
                line=at if failed else 0,
            )


@dataclass(frozen=True)
class _Toolchain:
    root: Path
    version: str

    @property
    def cargo(self) -> Path:
        return self.root / "bin" / "cargo"

    def variables(self) -> dict[str, str]:
        return {
            "CARGO_HOME": "/env",
            "CARGO_INCREMENTAL": "0",
            "CARGO_TERM_COLOR": "never",
            "RUSTC": str(self.root / "bin" / "rustc"),
            "RUSTDOC": str(self.root / "bin" / "rustdoc"),
        }

    def run(
        self,
        launcher: Launcher,
        arguments: list[str],
        binds: list[tuple[Path, str, bool]],
        settings: Settings,
        *,
        network: bool = False,
    ) -> Completed:
        return launcher.run(
            Command(
                [str(self.cargo), *arguments],
                [(self.root, str(self.root), False), *binds],
                env=self.variables(),
                network=network,
                timeout_s=settings.environment.timeout_s,
                cwd="/repo",
            )
        )


def _toolchain() -> _Toolchain:
    """Return the toolchain that `rustc` on the PATH belongs to."""
    if shutil.which("rustc") is None or shutil.which("cargo") is None:
        raise AdoptError(
            "This is a Rust repository, and there is no `cargo` on the PATH.", "Install Rust."
        )
    root, version = (
        subprocess.run(["rustc", *ask], capture_output=True, text=True, check=True).stdout.strip()
        for ask in (["--print", "sysroot"], ["--version"])
    )
    return _Toolchain(Path(root), version)
