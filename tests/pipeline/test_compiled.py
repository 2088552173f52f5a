"""A repository whose package has a part in C: built in the sandbox, and broken around it."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import ModuleType

import pytest

from journeyman.errors import AdoptError
from journeyman.pipeline.adopt import adopt
from journeyman.pipeline.make_tasks import break_code, prove_tasks, tasks_of
from journeyman.settings import ExamSettings, Settings, TasksSettings
from journeyman.workspace import Workspace

pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.skipif(shutil.which("gcc") is None, reason="there is no C compiler here"),
]

FILES = {
    "setup.py": """\
from setuptools import Extension, setup

setup(
    name="fastsum", version="1.0", packages=["fastsum"],
    ext_modules=[Extension("fastsum._native", ["fastsum/_native.c"])],
)
""",
    "pyproject.toml": '[build-system]\nrequires = ["setuptools"]\n'
    'build-backend = "setuptools.build_meta"\n',
    "fastsum/_native.c": """\
#include <Python.h>

static PyObject *add(PyObject *self, PyObject *args) {
    long one, other;
    if (!PyArg_ParseTuple(args, "ll", &one, &other)) return NULL;
    return PyLong_FromLong(one + other);
}

static PyMethodDef methods[] = {{"add", add, METH_VARARGS, ""}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_native", NULL, -1, methods};
PyMODINIT_FUNC PyInit__native(void) { return PyModule_Create(&module); }
""",
    "fastsum/__init__.py": """\
from fastsum._native import add


def total(numbers):
    found = 0
    for number in numbers:
        found = add(found, number)
    return found


def mean(numbers):
    if not numbers:
        raise ValueError("nothing to take the mean of")
    return total(numbers) / len(numbers)
""",
    "tests/test_fastsum.py": """\
import pytest

import fastsum


def test_total():
    assert fastsum.total([1, 2, 3]) == 6


def test_mean():
    assert fastsum.mean([2, 4]) == 3


def test_mean_of_nothing():
    with pytest.raises(ValueError):
        fastsum.mean([])
""",
}
SETTINGS = Settings(tasks=TasksSettings(count=4), exam=ExamSettings(fixes=0))


def _source(sample: ModuleType, root: Path, files: dict[str, str]) -> str:
    made = sample.SampleRepository(root)
    made.commit(files, "Start")
    return str(made.root)


def test_the_extension_is_built_and_the_python_around_it_is_broken(
    sample: ModuleType, tmp_path: Path
) -> None:
    source = _source(sample, tmp_path / "fastsum", FILES)
    try:
        opened = adopt(source, Workspace(tmp_path / "w"), SETTINGS)
    except AdoptError as error:
        if "cannot be reached" in error.message:
            pytest.skip(f"the package index cannot be reached: {error.message}")
        raise
    with opened as adopted:
        assert len(adopted.baseline.passing) == 3
        assert any(".so" in str(path) for path in adopted.pool.server.base.rglob("_native*"))
        tasks = tasks_of(adopted, prove_tasks(adopted, break_code(adopted)))
        assert len(tasks) == 4
        touched = {path for task in tasks for path in task.broken.files}
        assert touched == {"fastsum/__init__.py"}
        assert all(adopted.grader.grade(task, task.fix).solved for task in tasks)


def test_one_that_cannot_be_built_is_said_with_the_compilers_words(
    sample: ModuleType, tmp_path: Path
) -> None:
    wrong = {**FILES, "fastsum/_native.c": "#include <no_such_header_here.h>\n"}
    source = _source(sample, tmp_path / "fastsum", wrong)
    with pytest.raises(AdoptError) as caught:
        adopt(source, Workspace(tmp_path / "w"), SETTINGS)
    if "cannot be reached" in caught.value.message:
        pytest.skip(f"the package index cannot be reached: {caught.value.message}")
    told = f"{caught.value.message}\n{caught.value.cure}"
    assert "no_such_header_here.h" in told
    assert "install" in told
