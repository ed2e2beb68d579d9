"""Many thousand rows at once, without a model instance and a compiled expression for each value.

`bulk_create` prepares each value by several Python calls; an import of 100,000 rows writes 4 million values.
Values are adapted by the database's own operations, so SQLite and PostgreSQL store what the ORM would. No defaults
are filled in: `names` must name every column that has no default in the database.
"""

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, models

Row = Sequence[Any]


@contextmanager
def few_collections() -> Iterator[None]:
    """Look for garbage in cycles rarely while hundreds of thousands of plain rows come and go."""
    usual = gc.get_threshold()
    gc.set_threshold(200_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def insert(model: type[models.Model], names: Sequence[str], rows: Iterable[Row], *, skip_known: bool = False) -> None:
    """Insert rows whose values stand in the order of `names` (attribute names, `post_id`)."""
    _run(f"{_insert(model, names)}{' ON CONFLICT DO NOTHING' if skip_known else ''}", model, names, rows)


def upsert(
    model: type[models.Model],
    names: Sequence[str],
    rows: Iterable[Row],
    *,
    unique: Sequence[str],
    update: Sequence[str],
) -> None:
    """Insert rows; where one with the same `unique` values is there, set its `update` columns instead."""
    changes = ", ".join(f"{column} = excluded.{column}" for column in _columns(model, update))
    known = ", ".join(_columns(model, unique))
    _run(f"{_insert(model, names)} ON CONFLICT ({known}) DO UPDATE SET {changes}", model, names, rows)


def update(model: type[models.Model], names: Sequence[str], rows: Iterable[Row]) -> None:
    """Set columns of rows that are there; the last value of each row is its id."""
    changes = ", ".join(f"{column} = %s" for column in _columns(model, names))
    table, key = connection.ops.quote_name(model._meta.db_table), _columns(model, [_key(model)])[0]
    _run(f"UPDATE {table} SET {changes} WHERE {key} = %s", model, [*names, _key(model)], rows)  # noqa: S608


def _insert(model: type[models.Model], names: Sequence[str]) -> str:
    table = connection.ops.quote_name(model._meta.db_table)
    places = ", ".join(["%s"] * len(names))
    return f"INSERT INTO {table} ({', '.join(_columns(model, names))}) VALUES ({places})"  # noqa: S608


def _run(sql: str, model: type[models.Model], names: Sequence[str], rows: Iterable[Row]) -> None:
    adapt = [_adapter(model, name) for name in names]
    special = [(at, one) for at, one in enumerate(adapt) if one]
    values = [list(row) for row in rows]
    if not values:
        return
    for row in values:
        for at, one in special:
            row[at] = one(row[at])
    with connection.cursor() as cursor:
        cursor.executemany(sql, values)


def _columns(model: type[models.Model], names: Sequence[str]) -> list[str]:
    by_name = {field.attname: str(field.column) for field in model._meta.concrete_fields}
    return [connection.ops.quote_name(by_name[name]) for name in names]


def _key(model: type[models.Model]) -> str:
    key = model._meta.pk
    if key is None:
        raise TypeError(f"{model} has no key")
    return key.attname


def _adapter(model: type[models.Model], name: str) -> Callable[[Any], Any] | None:
    """Return what turns a value into what the database driver takes, None where it is taken as it is."""
    field = next(one for one in model._meta.concrete_fields if one.attname == name)
    if isinstance(field, models.DateTimeField):
        return _remembered(connection.ops.adapt_datetimefield_value)
    if isinstance(field, models.DateField):
        return _remembered(connection.ops.adapt_datefield_value)
    if isinstance(field, models.JSONField):
        return lambda value: None if value is None else connection.ops.adapt_json_value(value, None)
    return None


def _remembered(adapt: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Adapt each value once: many rows share their moment."""
    known: dict[Any, Any] = {}

    def look(value: Any) -> Any:
        if value not in known:
            known[value] = adapt(value)
        return known[value]

    return look
