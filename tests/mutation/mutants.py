"""Every way to change one thing in a module, as the source it would have then.

Tools for this leave out what stands outside functions, and arguments and statements that are
forgotten; the queries of the ledger are made of these.
"""

from __future__ import annotations

import ast
import hashlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
# What makes names for type checkers and the log.
_FOR_TOOLS = {"TypeVar", "logging.getLogger"}
_CHAINED = {"where", "order_by", "limit", "distinct", "on_conflict_do_update", "outerjoin"}


@dataclass(frozen=True)
class Mutant:
    """One change of a module; `what` names it, `text` is the line it is in."""

    path: str
    line: int
    column: int
    what: str
    text: str
    _before: str
    _node: int
    _change: Callable[[Any], object]

    @property
    def name(self) -> str:
        """A name that stays while its line does, wherever the line moves."""
        said = f"{self.path}|{self.text}|{self.column}|{self.what}"
        return hashlib.sha256(said.encode()).hexdigest()[:10]

    @property
    def source(self) -> str:
        """The whole module with the change."""
        tree = ast.parse(self._before)
        self._change(next(node for n, node in enumerate(ast.walk(tree)) if n == self._node))
        return ast.unparse(ast.fix_missing_locations(tree))


def mutants(path: str, source: str) -> Iterator[Mutant]:
    """All mutants of a module."""
    tree, lines = ast.parse(source), source.splitlines()
    unseen = set(_unseen(tree))
    for number, node in enumerate(ast.walk(tree)):
        line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
        for what, change in () if id(node) in unseen else _changes(node):
            text = lines[line - 1].strip()
            yield Mutant(path, line, column, what, text, source, number, change)


def _unseen(tree: ast.Module) -> Iterator[int]:
    """What no test could notice: annotations, and words for people who read logs and errors."""
    for node in ast.walk(tree):
        for part in _parts_unseen(node):
            yield from map(id, ast.walk(part))


def _parts_unseen(node: ast.AST) -> Iterator[ast.AST]:
    for field in ("annotation", "returns"):
        if isinstance(annotation := getattr(node, field, None), ast.AST):
            yield annotation
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Raise() | ast.JoinedStr():
            yield node
        case ast.If(test=ast.Name(id="TYPE_CHECKING")) | ast.Call(func=ast.Name(id="event")):
            yield node
        case ast.Assign(value=ast.Call(func=func)) if ast.unparse(func) in _FOR_TOOLS:
            yield node


Change = tuple[str, "Callable[[Any], object]"]


def _changes(node: ast.AST) -> Iterator[Change]:
    for kinds, changes in _BY_KIND:
        if isinstance(node, kinds):
            yield from changes(node)


def _of_comparison(node: ast.Compare) -> Iterator[Change]:
    if len(node.ops) == 1:
        other = _COMPARISONS[type(node.ops[0])]
        yield f"{_name(node.ops[0])} is {other.__name__}", partial(_set, "ops", [other()])


def _of_operator(node: ast.BinOp) -> Iterator[Change]:
    if other := _OPERATORS.get(type(node.op)):
        yield f"{_name(node.op)} is {other.__name__}", partial(_set, "op", other())


def _of_junction(node: ast.BoolOp) -> Iterator[Change]:
    other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    yield f"{_name(node.op)} is {_name(other)}", partial(_set, "op", other)


def _of_negation(node: ast.UnaryOp) -> Iterator[Change]:
    if isinstance(node.op, ast.Not | ast.Invert):
        yield "not is forgotten", _become_operand


def _of_condition(_: ast.AST) -> Iterator[Change]:
    yield "the condition is turned around", _turn_around


def _of_elements(node: ast.Set | ast.Tuple) -> Iterator[Change]:
    if len(node.elts) > 1 and not isinstance(getattr(node, "ctx", None), ast.Store):
        for n in range(len(node.elts)):
            yield f"element {n + 1} is forgotten", partial(_drop, ("elts",), n)


def _of_keys(node: ast.Dict) -> Iterator[Change]:
    for n in range(len(node.keys)):
        yield f"key {n + 1} is forgotten", partial(_drop, ("keys", "values"), n)


def _of_return(node: ast.Return) -> Iterator[Change]:
    if node.value is not None and ast.unparse(node.value) != "None":
        yield "nothing is returned", partial(_set, "value", ast.Constant(None))


def _of_call(node: ast.Call) -> Iterator[Change]:
    for n, keyword in enumerate(node.keywords):
        yield f"{keyword.arg}= is forgotten", partial(_drop, ("keywords",), n)
    if len(node.args) > 1:
        for n in range(len(node.args)):
            yield f"argument {n + 1} is forgotten", partial(_drop, ("args",), n)
    elif len(node.args) == 1 and not node.keywords and not isinstance(node.args[0], ast.Starred):
        yield "the call is forgotten", _become_argument
    if isinstance(node.func, ast.Attribute) and node.func.attr in _CHAINED:
        yield f".{node.func.attr} is forgotten", _become_subject


def _of_constant(node: ast.Constant) -> Iterator[Change]:
    value = node.value
    if isinstance(value, bool):
        yield f"{value} is {not value}", partial(_set, "value", not value)
    elif isinstance(value, int | float):
        yield f"{value} is {value + 1}", partial(_set, "value", value + 1)
    elif isinstance(value, str):
        yield "a text is another", partial(_set, "value", f"XX{value}" if value else "XX")


def _of_block(node: _Block) -> Iterator[Change]:
    for n, statement in enumerate(node.body):
        match statement:
            case ast.Expr(value=ast.Call() | ast.Await()) | ast.AugAssign() | ast.Raise():
                what = f"`{ast.unparse(statement).splitlines()[0]}` is forgotten"
                yield what, partial(_forget_line, n)


_Block = ast.FunctionDef | ast.AsyncFunctionDef | ast.For | ast.With | ast.If
_BY_KIND: tuple[tuple[Any, Callable[[Any], Iterator[Change]]], ...] = (
    (ast.Compare, _of_comparison),
    (ast.BinOp, _of_operator),
    (ast.BoolOp, _of_junction),
    (ast.UnaryOp, _of_negation),
    (ast.If | ast.IfExp | ast.While, _of_condition),
    (ast.Set | ast.Tuple, _of_elements),
    (ast.Dict, _of_keys),
    (ast.Return, _of_return),
    (ast.Call, _of_call),
    (ast.Constant, _of_constant),
    (_Block, _of_block),
)


def _turn_around(new: Any) -> None:
    new.test = ast.UnaryOp(ast.Not(), new.test)


def _become_operand(new: Any) -> None:
    _become(new, new.operand)


def _become_argument(new: Any) -> None:
    _become(new, new.args[0])


def _become_subject(new: Any) -> None:
    """What a method is called on, in the place of the call."""
    _become(new, new.func.value)


def _become(new: Any, part: ast.AST) -> None:
    fields = dict(vars(part))
    new.__class__ = part.__class__
    vars(new).clear()
    vars(new).update(fields)


def _set(field: str, value: object, new: Any) -> None:
    setattr(new, field, value)


def _drop(fields: tuple[str, ...], at: int, new: Any) -> None:
    for field in fields:
        del getattr(new, field)[at]


def _forget_line(at: int, new: Any) -> None:
    new.body[at] = ast.Pass()


def _name(op: ast.AST) -> str:
    return type(op).__name__
