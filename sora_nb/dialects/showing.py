"""A request as people would write it themselves: for the shell, and in Python.

No key is ever in it, only the name of the variable that holds one, and of a file only its own name: the
library's folder is where to find it.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from sora_nb.dialects.base import Call, Inline, Service, Upload

KEY = "SORA_API_KEY"

SERVED = "http://127.0.0.1:8750"
"""Where `sora-nb serve` answers. The simulator inside a notebook has no address."""

SIMULATED = "# The simulator of a notebook has no address of its own; the command `sora-nb serve` gives it this one."

NEXT = " \\\n  "
"""Between two words of a command, a new line."""


def as_curl(call: Call, service: Service) -> str:
    """The request as a command for a shell with `curl`, `base64` and `tr`; the key is `$SORA_API_KEY`.

    Every text is quoted, so that nothing in a prompt can become part of the command.
    """
    words = [f"curl -X {call.method} {shlex.quote(_url(call, service))}", f'-H "{_key_header(service, f"${KEY}")}"']
    feed = ""
    if call.json is not None:
        words.append("-H 'Content-Type: application/json'")
        pieces = list(_pieces(call.json))
        if len(pieces) == 1:
            words.append(f"--data-raw {shlex.quote(str(pieces[0]))}")
        else:
            # A file in a command's own words may be more than a system allows, so they are fed to it.
            feed = f"{{ {'; '.join(map(_fed, pieces))}; }} |{NEXT}"
            words.append("--data-binary @-")
    # Not -F, which would take a text that begins with @ for a file.
    words += [f"--form-string {shlex.quote(f'{name}={value}')}" for name, value in (call.form or {}).items()]
    words += [f"-F {shlex.quote(_upload(one))}" for one in call.files]
    return _noted(service, feed + NEXT.join(words))


def as_python(call: Call, service: Service) -> str:
    """The request in Python with httpx; the key is `os.environ["SORA_API_KEY"]`."""
    header, _, value = _key_header(service, f"{{os.environ['{KEY}']}}").partition(": ")
    key = f"f{json.dumps(value)}" if service.key_header == "authorization" else f'os.environ["{KEY}"]'
    arguments = [repr(_url(call, service)), f'headers={{"{header}": {key}}}']
    if call.json is not None:
        arguments.append(f"json={_python(call.json)}")
    if call.files:
        arguments += [f"data={_python(call.form)}"] if call.form else []
        opened = (
            f"{one.field!r}: ({one.filename!r}, open({one.path.name!r}, 'rb'), {one.content_type!r})"
            for one in call.files
        )
        arguments.append(f"files={{{', '.join(opened)}}}")
    elif call.form:
        # As files without names, or the form would go in another encoding.
        parts = (f"        {name!r}: (None, {value!r}),\n" for name, value in call.form.items())
        arguments.append(f"files={{\n{''.join(parts)}    }}")
    arguments.append("timeout=180")
    lines = "".join(f"    {argument},\n" for argument in arguments)
    inline = any(not isinstance(piece, str) for piece in _pieces(call.json or {}))
    return _noted(
        service,
        f"{_IMPORTS[inline]}\nreply = httpx.{call.method.lower()}(\n{lines})\nprint(reply.status_code, reply.text)",
    )


_IMPORTS = {
    False: "import os\n\nimport httpx\n",
    True: "import base64\nimport os\nfrom pathlib import Path\n\nimport httpx\n\n\n"
    "def inline(name, content_type):\n"
    '    return f"data:{content_type};base64,{base64.b64encode(Path(name).read_bytes()).decode()}"\n\n',
}


def _url(call: Call, service: Service) -> str:
    base = (service.base_url or "").rstrip("/")
    if base.startswith("simulator:"):
        base = SERVED + base.removeprefix("simulator:")
    return base + call.path + (f"?{urlencode(dict(call.params))}" if call.params else "")


def _key_header(service: Service, key: str) -> str:
    return f"api-key: {key}" if service.key_header == "api-key" else f"Authorization: Bearer {key}"


def _noted(service: Service, told: str) -> str:
    return f"{SIMULATED}\n{told}" if (service.base_url or "").startswith("simulator:") else told


def _upload(one: Upload) -> str:
    name = one.path.name.replace("\\", "\\\\").replace('"', '\\"')
    return f'{one.field}=@"{name}";type={one.content_type};filename={one.filename}'


def _fed(piece: str | Inline) -> str:
    if isinstance(piece, str):
        return f"printf %s {shlex.quote(piece)}"
    return f"base64 < {shlex.quote(piece.path.name)} | tr -d '\\n'"


def _pieces(body: Mapping[str, Any]) -> Iterator[str | Inline]:
    """The JSON in pieces of text, with the files that stand in it between them."""
    files: list[Inline] = []

    def marked(value: Any) -> Any:
        if isinstance(value, Inline):
            files.append(value)
            return mark
        if isinstance(value, Mapping):
            return {name: marked(inner) for name, inner in value.items()}
        return [marked(inner) for inner in value] if isinstance(value, (list, tuple)) else value

    mark = "\x00"
    texts: list[str] = []
    while len(texts) != len(files) + 1:
        # A longer mark is taken where a text of the request is the mark itself.
        files.clear()
        mark += "\x00"
        texts = json.dumps(marked(body), ensure_ascii=False).split(json.dumps(mark))
    for file, text, after in zip([None, *files], texts, [*files, None], strict=True):
        opening = f'"data:{after.content_type};base64,' if after else ""
        if file:
            yield file
        yield ('"' if file else "") + text + opening


def _python(value: Any, indent: int = 1) -> str:
    """A value as Python, one entry a line."""
    if isinstance(value, Inline):
        return f"inline({value.path.name!r}, {value.content_type!r})"
    pad, end = "    " * (indent + 1), "    " * indent
    if isinstance(value, Mapping):
        inner = "".join(f"{pad}{name!r}: {_python(one, indent + 1)},\n" for name, one in value.items())
        return f"{{\n{inner}{end}}}"
    if isinstance(value, (list, tuple)):
        inner = "".join(f"{pad}{_python(one, indent + 1)},\n" for one in value)
        return f"[\n{inner}{end}]"
    return repr(value)
