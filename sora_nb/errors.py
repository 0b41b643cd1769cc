"""Every exception of sora_nb, in one tree.

* SoraError
  x ConfigError (ValueError)            a request that would not work; nothing was sent
    - RangeError                        the stretch of video breaks a rule; carries `findings`
    - MissingKeyError                   the service wants a key and no source has one
    - BundleError                       a folder or file is no character to import, or is not to become one
  x VideoFileError (ValueError)         a file cannot be used as a video
  x LibraryError                        the library on disk refused
  x ServiceError                        the service answered with an error, or could not be reached
    - NotSentError (ConnectionError)    it surely never arrived; sending again is safe
    - BadRequestError                   400, 413, 415, 422
    - AuthenticationError               401
    - PermissionDeniedError             402, 403
    - NotFoundError                     404, 410
      - RetiredError                    the same, from a service that has closed
    - ConflictError                     409, 425
    - RateLimitError                    429
    - ServerError                       5xx, or an answer that makes no sense
  x JobError                            a paid job ended without its result; carries `job`
    - JobFailed                         the service gave up or refused
    - JobUnknown                        sent, and the answer was lost: it may have been paid for
    - JobLost                           the service no longer knows the id
    - JobExpired                        it was ready and is gone from the service
    - JobCancelled                      stopped on request
  x WaitTimeout (TimeoutError)          the wait ended, the job did not; carries `job`

Every message says what happened, the value, and the next step. No message holds a key, a
request body or a query string.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sora_nb.timerange import Finding


class SoraError(Exception):
    """Anything sora_nb raises on purpose."""


class ConfigError(SoraError, ValueError):
    """The request would not work as written; nothing was sent or spent."""


class RangeError(ConfigError):
    """The chosen stretch of video breaks a rule of the service."""

    def __init__(self, message: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(message)
        self.findings: tuple[Finding, ...] = tuple(findings)
        """What was found, each with a `fix` where one exists."""


class MissingKeyError(ConfigError):
    """The service wants a key and none was found."""


class BundleError(ConfigError):
    """A folder or file is no character that can be imported, or is not to become one."""


class VideoFileError(SoraError, ValueError):
    """The file is missing, empty, cut off, or not a video.

    `code` is one of `missing folder unreadable empty unknown_format cut_off damaged no_picture unknown_codec
    too_large timed_out crashed unexpected not_written changed`, or `unusable` where none of them says it.
    """

    def __init__(self, message: str, code: str = "unusable") -> None:
        super().__init__(message)
        self.code = code
        """What is wrong, in one word for a program."""

    @classmethod
    def unread(cls, path: object, error: OSError) -> VideoFileError:
        """The same words whoever could not open *path*."""
        if isinstance(error, FileNotFoundError):
            return cls(f"There is no file {path}. Check the path.", "missing")
        if isinstance(error, IsADirectoryError):
            return cls(f"{path} is a folder. Name a video file in it.", "folder")
        return cls(f"{path} cannot be opened: {error.strerror}.", "unreadable")


class LibraryError(SoraError):
    """The library on disk could not be read or written."""


class ServiceError(SoraError):
    """The service answered with an error, or could not be reached."""

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        """HTTP status, or None where no answer came."""
        self.code = code
        """The service's own word for it, such as `moderation_blocked`."""
        self.request_id = request_id
        """What the service's support will ask for."""


class NotSentError(ServiceError, ConnectionError):
    """The request surely never arrived, so sending it again is safe."""


class BadRequestError(ServiceError):
    """The service refused the request as written (400, 413, 415, 422)."""


class AuthenticationError(ServiceError):
    """The key is missing or not accepted (401)."""


class PermissionDeniedError(ServiceError):
    """The key is known and may not do this (402, 403)."""


class NotFoundError(ServiceError):
    """The service does not know the id or the path (404, 410)."""


class RetiredError(NotFoundError):
    """The service has closed, and no request will bring it back."""


class ConflictError(ServiceError):
    """The thing exists and is not in a state for this (409, 425)."""


class RateLimitError(ServiceError):
    """Too many requests, or the quota is used up (429)."""


class ServerError(ServiceError):
    """The service failed (5xx), or its answer makes no sense."""


_BY_STATUS: dict[int, type[ServiceError]] = {
    401: AuthenticationError,
    402: PermissionDeniedError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    410: NotFoundError,
    425: ConflictError,
    429: RateLimitError,
}


def for_status(status: int) -> type[ServiceError]:
    """The class that stands for an HTTP status of 400 or more."""
    return _BY_STATUS.get(status, ServerError if status >= 500 else BadRequestError)


class JobError(SoraError):
    """A paid job ended without its result."""

    def __init__(self, message: str, job: Any = None) -> None:
        super().__init__(message)
        self.job = job
        """The `Video` or `Character`, so that nothing paid for is lost."""


class JobFailed(JobError):
    """The service gave up on the job or refused it."""


class JobUnknown(JobError):
    """The request was sent and its answer was lost, so it may have been paid for."""


class JobLost(JobError):
    """The service no longer knows the job's id."""


class JobExpired(JobError):
    """The result was ready once and is gone from the service."""


class JobCancelled(JobError):
    """The job was stopped on request."""


class WaitTimeout(SoraError, TimeoutError):
    """The wait ended before the job did; the job goes on."""

    def __init__(self, message: str, job: Any = None) -> None:
        super().__init__(message)
        self.job = job
