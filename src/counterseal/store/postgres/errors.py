"""What PostgreSQL and asyncpg raise, by what it means to a store."""

from __future__ import annotations

import asyncpg

from counterseal.store.errors import Conflict, StoreError

RAISED = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
"""All that may be raised where something is said to the database. TimeoutError is an OSError."""

_RETRYABLE = (
    asyncpg.UniqueViolationError,
    asyncpg.SerializationError,  # 40001
    asyncpg.DeadlockDetectedError,
)
_REFUSED = (asyncpg.IntegrityConstraintViolationError, asyncpg.TransactionRollbackError)

_ANOTHER_SERVER = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # it is being stopped, or has crashed; and 57014, a time-out
    asyncpg.ReadOnlySQLTransactionError,  # it has become a standby
)


def store_error(error: BaseException) -> StoreError:
    """Conflict if it may go well on fresh state. Without the values that PostgreSQL adds in its details."""
    said = error.args[0] if error.args and isinstance(error.args[0], str) else type(error).__name__
    return (Conflict if isinstance(error, _RETRYABLE) else StoreError)(f"PostgreSQL: {said}")


def is_of_a_race_to_make_it(error: BaseException) -> bool:
    """Whether another one makes the same table at this moment: IF NOT EXISTS does not wait for it."""
    return isinstance(error, asyncpg.UniqueViolationError | asyncpg.DuplicateObjectError | asyncpg.DuplicateTableError)


def leaves_nothing(error: BaseException) -> bool:
    """Whether a COMMIT that was answered so has certainly been undone."""
    is_unknown = isinstance(error, asyncpg.StatementCompletionUnknownError)
    return isinstance(error, _REFUSED) and not is_unknown


def is_of_the_server(error: BaseException) -> bool:
    """Whether other connections will likely fare no better, so that new ones are to be made."""
    is_time_out = isinstance(error, asyncpg.QueryCanceledError)
    return isinstance(error, (*_ANOTHER_SERVER, OSError)) and not is_time_out
