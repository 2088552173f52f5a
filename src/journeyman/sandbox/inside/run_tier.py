"""What the server and the supervisor do differently from tier to tier.

`Namespaces` is bubblewrap's: the run gets namespaces of its own and an overlay. `Copies` has
neither and isolates nothing. `Confined` is copies under Landlock and seccomp, and in a container:
there, and wherever the server is root, every run is another user's. See `docs/isolation.md`.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import resource
import signal
from typing import Any

import call_filter
import isolate
import landlock_rules
import powers
import tree_copy
import unisolated

_DISK_RESERVE = 64 << 20


class Namespaces:
    """Each run is process 1's of its own namespaces."""

    has_namespaces = True

    def describe(self) -> dict[str, Any]:
        """Return what the host is told of how runs are held."""
        return {}

    def __init__(self) -> None:
        self._filter = (
            call_filter.Filter(sockets="all", ipc=True) if call_filter.supported() else None
        )

    def separate(self) -> None:
        """Leave what this process shares with the server (the caller forks next)."""
        isolate.new_namespaces()

    def lay(self, request: dict[str, Any]) -> None:
        """Bring the tree and the run's other folders into place, without the patch."""
        isolate.mount_tree(request["limits"]["tmp_mb"], request["kept"])

    def settle(self, files: dict[str, str | None]) -> None:
        """Finish after the patch was written."""

    def confine(self, limits: dict[str, int]) -> None:
        """Take the powers of this process, which will run code under test."""
        isolate.give_up_powers(limits)
        if self._filter is not None:
            self._filter.install()

    def processes(self) -> list[int]:
        """Return the ids of the run's processes."""
        return [int(name) for name in os.listdir("/proc") if name.isdigit() and name != "1"]

    def fills_the_disk(self, limits: dict[str, int]) -> bool:
        """Whether a run that goes on has written too much; here the file system has a size."""
        return False

    def full(self) -> bool:
        """Whether a run that finished had run out of room."""
        return any(_room(place) < 64 << 10 for place in ("/tmp", isolate.REPOSITORY))

    def end_everything(self) -> bool:
        """Kill what is left of the run; return whether nothing is."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
        return True

    def clear(self) -> None:
        """Remove what a run left; called by the server."""


class Copies:
    """Each run is a plain process on a copy of the tree.

    Args:
        setup: `base`; `tmp` and `home` beside the repository; `kept`, places below those that
            are not the run's.
    """

    has_namespaces = False

    def __init__(self, setup: dict[str, Any], user: int | None = None) -> None:
        self._folders = {"TMPDIR": setup["tmp"], "HOME": setup["home"]}
        self._fresh = [isolate.REPOSITORY, *setup.get("shared", []), setup["tmp"], setup["home"]]
        self._kept = setup.get("kept", [])
        self._copy = tree_copy.Copy(setup["base"], user)
        self._free_at_first = 0
        unisolated.adopt_orphans()

    def describe(self) -> dict[str, Any]:
        """Return what the host is told of how runs are held."""
        return {}

    def separate(self) -> None:
        """Leave nothing: there are no namespaces to be had."""

    def lay(self, request: dict[str, Any]) -> None:
        """Lay a copy of the tree, with an empty home and tmp."""
        unisolated.adopt_orphans()
        for folder in self._fresh:
            tree_copy.make_empty(folder, self._kept)
            self._copy.own(folder)
        self._copy.lay(isolate.REPOSITORY)
        os.environ.update(self._folders)

    def settle(self, files: dict[str, str | None]) -> None:
        """Give the patch's files to the run's user, and remember how much room there is."""
        for name in files:
            parts = name.split("/")
            for depth in range(1, len(parts) + 1):
                path = os.path.join(isolate.REPOSITORY, *parts[:depth])
                if os.path.lexists(path):
                    self._copy.own(path)
        self._free_at_first = _room(isolate.REPOSITORY)

    def confine(self, limits: dict[str, int]) -> None:
        """Only see to it that this process ends with its supervisor."""
        isolate.die_with_parent()

    def processes(self) -> list[int]:
        """Return the ids of the run's processes: what descends from its supervisor."""
        below: list[int] = unisolated.descendants()
        return below

    def fills_the_disk(self, limits: dict[str, int]) -> bool:
        """Whether the run's files have grown too much, or there is hardly any room left."""
        free, most = _room(isolate.REPOSITORY), limits["tmp_mb"] << 20
        if self._free_at_first - free < most:
            return False
        grown = sum(map(tree_copy.used_bytes, self._fresh)) - self._copy.room
        return grown > most or free < min(_DISK_RESERVE, self._free_at_first // 2)

    def full(self) -> bool:
        """Whether there is no room at all left."""
        return _room(isolate.REPOSITORY) < 64 << 10

    def end_everything(self) -> bool:
        """Kill what descends from the supervisor."""
        nothing_left: bool = unisolated.end_descendants()
        return nothing_left

    def clear(self) -> None:
        """Remove the copy, and whatever outlived a supervisor that was killed."""
        unisolated.end_descendants()
        for folder in self._fresh:
            tree_copy.make_empty(folder, self._kept)


class Confined(Copies):
    """Copies that the run cannot look or reach out of.

    Args:
        setup: As for `Copies`, and `allowed`, pairs of a path and its rights (`landlock_rules`),
            for every run beside its own folders; `inside`, paths that its user has to be able to
            read; `shared`, further folders of its own, such as ``/dev/shm`` in a container;
            `filtered`, whether this server is under a filter that its runs inherit; `network`,
            whether there is a network of the server's own, to be left alone; `user` to become,
            where any spare one will not do; `closed`, a folder that only the server may enter;
            `landlock`, a version to behave like at most.
    """

    def __init__(self, setup: dict[str, Any]) -> None:
        self._user = setup.get("user") or powers.spare_user()
        if self._user is not None and not powers.can_read_as(self._user, setup["inside"]):
            self._user = None
        super().__init__(setup, self._user)
        self._network = setup["network"]
        if "closed" in setup:
            # Engines give a mounted folder the mode of the image's, whatever they were asked for.
            os.chmod(setup["closed"], 0o700)
        self._version = min(landlock_rules.version(), setup.get("landlock", 99))
        if not self._version and self._user is None:
            raise OSError(0, "neither Landlock nor another user for the runs is to be had")
        self._allowed = [
            (_opened(path), rights) for path, rights in setup["allowed"] if os.path.exists(path)
        ]
        signals = self._version >= landlock_rules.SIGNALS_SINCE or self._user is not None
        truncate = self._version >= landlock_rules.TRUNCATE_SINCE or self._user is not None
        self._filter = None
        if not setup["filtered"] and call_filter.supported():
            self._filter = call_filter.Filter(
                sockets="all", ipc=True, truncate=truncate, kill_all=signals
            )
        self._scoped = False
        self._others = 0 if self._user is not None else _tasks_of(os.getuid())
        self._try_out()

    def describe(self) -> dict[str, Any]:
        """Return what the host is told of how runs are held."""
        return {"landlock": self._version, "user": self._user}

    def lay(self, request: dict[str, Any]) -> None:
        """Lay the tree; and let the supervisor's signals reach nothing but its run."""
        super().lay(request)
        if self._user is None and self._version >= landlock_rules.SIGNALS_SINCE:
            powers.no_new_privileges()
            landlock_rules.scope_signals()
            self._scoped = _cannot_signal(os.getppid())

    def confine(self, limits: dict[str, int]) -> None:
        """Become nobody, name the files that stay in sight, and close the rest."""
        most = limits["processes"]
        if self._user is None:
            # All of the user's processes count: enough for some such runs, and the watcher.
            most = self._others + 4 * most + 256
        _, hard = resource.getrlimit(resource.RLIMIT_NPROC)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(resource.RLIMIT_NPROC, (most, most))
        powers.no_new_privileges()
        if self._user is not None:
            powers.become(self._user)
        else:
            powers.drop_all()
        isolate.die_with_parent()
        if self._version:
            self._restrict()
        for place, _ in self._allowed:
            os.close(place)
        if self._filter is not None:
            self._filter.install()

    def _try_out(self) -> None:
        """Confine a child, so that what cannot be had is a fault of the server, not of a run."""
        child = os.fork()
        if child == 0:
            try:
                self.confine({"processes": 128})
                os._exit(0)
            except OSError as error:
                os.write(2, f"{error}\n".encode())
            finally:
                os._exit(1)
        if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0:
            raise OSError(0, "a run cannot be confined here")

    def _restrict(self) -> None:
        rules = landlock_rules.Rules((), network=self._network, at_most=self._version)
        for place, rights in self._allowed:
            rules.allow_open(place, rights)
        for folder in self._fresh:
            rules.allow(folder, landlock_rules.WRITING)
        rules.enforce()
        rules.close()

    def end_everything(self) -> bool:
        """Kill all of the run's user at once, or all in its scope; or else one by one."""
        if self._user is not None:
            killer = os.fork()
            if killer == 0:
                try:
                    os.setresuid(self._user, self._user, self._user)
                    os.kill(-1, signal.SIGKILL)
                finally:
                    os._exit(0)
        elif self._scoped:
            with contextlib.suppress(ProcessLookupError):
                os.kill(-1, signal.SIGKILL)
        return super().end_everything()


def chosen(setup: dict[str, Any]) -> Namespaces | Copies:
    """Return the tier that a server's set-up message names."""
    named = setup.get("tier")
    if named is None:
        return Namespaces()
    return Confined(named) if named["confined"] else Copies(named)


def _room(place: str) -> int:
    state = os.statvfs(place)
    return state.f_bavail * state.f_frsize


def _cannot_signal(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    return False


def _opened(path: str) -> int:
    """Open a place above the descriptors that a run closes on its way (see `supervise`)."""
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        return fcntl.fcntl(place, fcntl.F_DUPFD_CLOEXEC, 300)
    finally:
        os.close(place)


def _tasks_of(user: int) -> int:
    """Return how many processes and threads a user has."""
    count = 0
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                if os.stat(f"/proc/{name}").st_uid == user:
                    count += len(os.listdir(f"/proc/{name}/task"))
            except OSError:
                continue
    return count
