"""What the desk or the store says, in the words of the door."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from oms_tui.backend import errors as door
from oms_tui.desk import errors
from oms_tui.store.errors import StoreError

_log = logging.getLogger(__name__)


@contextmanager
def in_words_of_the_door() -> Iterator[None]:
    """Turn what the desk or the store says into the errors of `backend.errors`, and log what nobody meant."""
    try:
        yield
    except errors.DeskError as error:
        raise _of_desk(error) from error
    except StoreError as error:
        _log.warning("The store did not answer: %s", error)
        raise door.Unavailable(str(error)) from error
    except door.BackendError:
        raise
    except Exception as error:
        _log.error("The desk broke off: %s", error, exc_info=True)
        raise


def _of_desk(error: errors.DeskError) -> door.BackendError:
    text = str(error)
    match error:
        case errors.SignedOut():
            return door.SignedOut(text)
        case errors.NoRight():
            return door.NotAllowed(text)
        case errors.SignInRefused():
            return door.SignInFailed(text, retry_after=error.retry_after)
        case errors.BadInput():
            return door.BadRequest(text, field=error.field, start=error.start, end=error.end)
        case errors.StateRefuses():
            return door.RefusedByDesk([(blocker.reason, blocker.fix) for blocker in error.blockers])
        case errors.StaleVersion():
            return door.Conflict(text, version=error.version)
        case errors.Missing():
            return door.NotFound(text)
        case errors.OutcomeNotKnown():
            return door.OutcomeUnknown(text)
        case _:
            return door.Unavailable(text)
