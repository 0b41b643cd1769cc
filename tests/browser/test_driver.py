"""The driver drives: what the other browser tests lean on is itself seen to work, and to notice faults."""

from __future__ import annotations

import json

import pytest

from tests.browser.chromium import find_chromium
from tests.browser.conftest import new_page
from tests.browser.jupyter import KernelError, LabServer, write_notebook

COUNTER = """
export default {
  render({ model, el }) {
    const button = document.createElement("button");
    const draw = () => { button.textContent = `${model.get("label")} ${model.get("count")}`; };
    button.addEventListener("click", (event) => {
      model.set("count", model.get("count") + 1);
      if (!event.shiftKey) model.save_changes();
      model.send({ kind: "clicked" }, undefined, [new Uint8Array([1, 2, 255]).buffer]);
    });
    const answer = (message, buffers) => { button.title = `${message.kind} ${buffers[0].getUint8(1)}`; };
    model.on("change:count change:label", draw);
    model.on("msg:custom", answer);
    draw();
    el.append(button);
    return () => { model.off("change:count change:label", draw); model.off("msg:custom", answer); };
  },
};
"""


@pytest.fixture
def counter(tmp_path, esm_page):
    """A small widget that counts clicks."""
    script = tmp_path / "counter.js"
    script.write_text(COUNTER)
    style = tmp_path / "counter.css"
    style.write_text("button { color: rgb(1, 2, 3); }")
    return esm_page(script, style, {"count": 0, "label": "clicks", "picture": b"\x00\xff"})


def test_a_notebook_runs_and_its_kernel_answers(notebook):
    book = notebook(["md:# A sum", "total = 2+3\ntotal", "kept = []"])
    book.run_all()
    assert book.kernel_eval("total") == 5
    assert book.outputs(1)[0]["data"]["text/plain"] == "5"
    assert book.output(1).inner_text().strip() == "5"
    assert book.errors() == []
    book.kernel_exec("kept.append('x')")
    assert book.wait_until("kept") == ["x"]
    assert book.kernel_eval("object").startswith("<class")


def test_errors_are_reported(notebook):
    book = notebook(["1/0"])
    book.run_all()
    assert book.errors() == ["ZeroDivisionError: division by zero"]
    with pytest.raises(KernelError, match="NameError"):
        book.kernel_eval("no_such_name")
    with pytest.raises(KernelError, match="KeyError"):
        book.kernel_exec("{}['key']")
    with pytest.raises(AssertionError, match="still 3"):
        book.wait_until("3", lambda value: value == 4, timeout=0.1)


def test_a_notebook_starts_afresh_and_is_saved_on_request(notebook, lab):
    book = notebook(["total"])
    book.run_all()
    assert book.errors() == ["NameError: name 'total' is not defined"]
    file = lab.root / book.path
    assert json.loads(file.read_text())["cells"][0]["outputs"] == []
    book.save()
    assert json.loads(file.read_text())["cells"][0]["outputs"][0]["ename"] == "NameError"


def test_the_kernel_has_a_library_of_its_own(notebook):
    book = notebook(["import os"])
    book.run_all()
    assert "home" in book.kernel_eval("os.environ['SORA_NB_HOME']")


def test_the_theme_changes(notebook):
    book = notebook([""])
    background = "() => getComputedStyle(document.body).getPropertyValue('--jp-layout-color1')"
    book.set_theme("dark")
    dark = book.page.evaluate(background)
    book.set_theme("light")
    assert book.page.evaluate(background) != dark


def test_notebook_7_is_driven_too(chromium, tmp_path):
    write_notebook(tmp_path / "sum.ipynb", ["2+3"])
    page = new_page(chromium)
    with LabServer(tmp_path, app="notebook") as server:
        book = server.open(page, "sum.ipynb")
        book.run_all()
        assert book.kernel_eval("_1") == 5
        page.context.close()


def test_a_server_that_cannot_start_says_why(tmp_path):
    (tmp_path / "taken").write_text("")
    with (
        pytest.raises(RuntimeError, match=r"(?s)ended at its start:.*Error"),
        LabServer(tmp_path, env={"JUPYTER_RUNTIME_DIR": str(tmp_path / "taken")}),
    ):
        pass


def test_a_widget_and_its_python_talk(counter):
    button = counter.page.get_by_role("button")
    assert button.inner_text() == "clicks 0"
    button.click()
    assert counter.get("count") == 1
    assert counter.wait_for_sent() == [{"kind": "clicked"}]
    assert counter.buffers(0) == [b"\x01\x02\xff"]
    counter.set("label", "Klicks")
    assert button.inner_text() == "Klicks 1"
    counter.emit({"kind": "thanks"}, [b"\x07\x08"])
    assert button.get_attribute("title") == "thanks 8"
    assert counter.page.evaluate("() => window.host.model.get('picture').getUint8(1)") == 255


def test_a_value_that_is_not_saved_does_not_reach_python(counter):
    counter.page.get_by_role("button").click(modifiers=["Shift"])
    assert counter.page.get_by_role("button").inner_text() == "clicks 1"
    assert counter.get("count") == 0


def test_the_style_is_applied(counter):
    counter.page.get_by_role("button").wait_for()
    assert counter.page.evaluate("() => getComputedStyle(document.querySelector('button')).color") == "rgb(1, 2, 3)"


def test_a_listener_that_stays_behind_is_seen(counter):
    assert counter.remove() == []
    counter.page.evaluate("() => window.host.model.on('change:count', () => {})")
    assert counter.remove() == ["change:count"]


def test_an_error_in_the_page_is_seen(counter):
    with counter.page.expect_event("pageerror"):
        counter.page.evaluate("() => { setTimeout(() => { throw new Error('planted') }) }")
    assert counter.errors == ["planted"]
    counter.errors.clear()


def test_the_browser_is_the_one_that_was_named(monkeypatch, tmp_path):
    monkeypatch.setenv("SORA_NB_CHROMIUM", str(tmp_path / "none"))
    assert find_chromium() is None
