"""A request that this service does not accept, whatever the shape it came in."""

from __future__ import annotations


class Refusal(Exception):
    """Why a request is refused. Each shape writes it in its own envelope."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        retry_after: int | None = None,
        value: object = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        """HTTP status, 400 or more."""
        self.message = message
        self.code = code
        """A stable word for machines, such as `sentinel_block`."""
        self.param = param
        """The field that is at fault."""
        self.retry_after = retry_after
        """Seconds to wait before asking again."""
        self.value = value
        """What the field at fault held, where its server repeats it."""

    @property
    def kind(self) -> str:
        """The word OpenAI's envelope calls `type`."""
        if self.status == 429:
            return "rate_limit_error"
        return "server_error" if self.status >= 500 else "invalid_request_error"


def invalid(param: str, message: str, code: str = "invalid_value") -> Refusal:
    """A field holds something that is not accepted."""
    return Refusal(400, message, code=code, param=param)


def not_found(what: str, id_: str) -> Refusal:
    """An id that nothing here has."""
    return Refusal(404, f"There is no {what} with the id {shown(id_)}. It may have been deleted.", code="not_found")


def shown(value: object) -> str:
    """A value as an error message quotes it: never longer than a line."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
