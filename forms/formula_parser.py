"""Formula text → a tree of five kinds of node. What the grammar does not know cannot be written at all.

No attribute, subscript, assignment, lambda, comprehension or power exists here, so there is nothing to
escape through; length, nesting and number size are bounded before anything is evaluated.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

MAX_SOURCE = 2000
MAX_NESTING = 40
MAX_DIGITS = 30
ALLOWED = (
    "数字、文字（加引号）、true false、字段名、+ - * /、比较 == != < <= > >=、and or not（且 或 非）、"
    "括号、“甲 if 条件 else 乙”"
)
# name: (fewest arguments, most arguments)
FUNCTIONS: dict[str, tuple[int, int]] = {
    "min": (1, 50), "max": (1, 50), "sum": (1, 50), "abs": (1, 1), "round": (1, 2), "floor": (1, 1),
    "ceil": (1, 1), "if_missing": (2, 2), "is_missing": (1, 1), "has": (2, 2), "column_sum": (2, 2),
    "row_count": (1, 1), "date": (1, 1), "days": (2, 2), "months": (2, 2),
}  # fmt: skip
# These take quoted names, because a table is not a value that can be calculated with.
TABLE_FUNCTIONS = frozenset({"column_sum", "row_count"})

_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
_WORDS = {"且": "and", "或": "or", "非": "not", "True": "true", "False": "false"}
_RESERVED = frozenset({"and", "or", "not", "if", "else", "true", "false"})
_SIGNS = {"×": "*", "÷": "/", "≥": ">=", "≤": "<=", "≠": "!=", "−": "-", "“": '"', "”": '"', "\u3000": " "}
_TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<number>[0-9]+(?:\.[0-9]+)?)|(?P<name>[^\W\d]\w*)"
    r"|(?P<text>\"[^\"]*\"|'[^']*')|(?P<sign>==|!=|<=|>=|\*\*|//|[-+*/<>(),])"
)
_HINTS = {
    "**": "乘方不能用，请写成连乘",
    "//": "整除不能用，请写 floor(甲 / 乙)",
    "=": "判断相等请写两个等号 ==",
    "%": "百分号不能用：百分数字段按百分点计算（20% 写 20），其余请写 20 / 100",
    ".": "点号只能用在小数里",
}


class FormulaError(ValueError):
    """The formula cannot be used; the message says what, where and what is allowed, in Chinese."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, a text or true/false written into the formula."""

    value: Decimal | str | bool


@dataclass(frozen=True, slots=True)
class Name:
    """A field or indicator; its value comes from the caller."""

    name: str


@dataclass(frozen=True, slots=True)
class Chain:
    """``first op node op node …`` of one precedence: + -, * /, a chained comparison, and, or."""

    kind: str
    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Prefix:
    """``-x`` or ``not x``."""

    sign: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the fixed list; ``if`` (value, condition, other) is a call too."""

    function: str
    arguments: tuple[Node, ...]


Node = Literal | Name | Chain | Prefix | Call
_Operand = Callable[[], Node]


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a formula: number, name, word, text, sign or end; `position` counts the typed characters from 1."""

    kind: str
    text: str
    position: int


def parse(source: str) -> Node:
    """Read the whole formula; raises FormulaError on anything outside the grammar."""
    if not source.strip():
        raise FormulaError("公式是空的；请写出算式")
    if len(source) > MAX_SOURCE:
        raise FormulaError(f"公式有 {len(source)} 个字符，太长；最多 {MAX_SOURCE} 个")
    reader = _Reader(tokens(source))
    node = reader.expression()
    reader.expect_end()
    return node


def _translate(source: str) -> list[tuple[str, int]]:
    """Full-width and typographic signs outside quotes become plain ones; positions stay the typed ones."""
    out: list[tuple[str, int]] = []
    quote = ""
    for position, char in enumerate(source, start=1):
        plain = _plain(char)
        if quote:
            closes = plain == quote
            out.append((plain if closes else char, position))
            quote = "" if closes else quote
            continue
        quote = plain if plain in {'"', "'"} else ""
        out.extend((c, position) for c in plain)
    return out


def _plain(char: str) -> str:
    if "\uff01" <= char <= "\uff5e":
        return chr(ord(char) - 0xFEE0)
    return _SIGNS.get(char, char)


def tokens(source: str) -> list[Token]:
    """The pieces of a formula in order, the last one of kind `end`; raises FormulaError on a sign that is not known."""
    return _tokens(_translate(source))


def _tokens(chars: list[tuple[str, int]]) -> list[Token]:
    text = "".join(char for char, _ in chars)
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        position = chars[at][1]
        match = _TOKEN.match(text, at)
        if match is None:
            raise _refusal(text[at], position)
        at = match.end()
        kind = match.lastgroup or ""
        if kind != "space":
            tokens.append(_token(kind, match.group(), position))
    tokens.append(Token("end", "", len(text) + 1))
    return tokens


def _token(kind: str, text: str, position: int) -> Token:
    if kind == "number" and len(text) > MAX_DIGITS:
        raise FormulaError(f"公式第 {position} 个字符起的数字太长；最多 {MAX_DIGITS} 位")
    if kind == "name":
        text = _WORDS.get(text, text)
        if text in _RESERVED:
            return Token("word", text, position)
        if text.startswith("_"):
            raise FormulaError(f"公式第 {position} 个字符起的“{text}”不能用；字段名不以下划线开头")
    if text in {"**", "//"}:
        raise _refusal(text, position)
    return Token(kind, text, position)


def _refusal(text: str, position: int) -> FormulaError:
    if text in {'"', "'"}:
        return FormulaError(f"公式第 {position} 个字符起的引号没有成对；请补上另一个引号")
    hint = _HINTS.get(text, f"允许：{ALLOWED}")
    return FormulaError(f"公式第 {position} 个字符处的“{text}”不能用；{hint}")


class _Reader:
    """Recursive descent over the tokens, one method per level of precedence."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._nesting = 0

    def expression(self) -> Node:
        """``value if condition else other``, or anything that binds tighter."""
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            raise FormulaError(f"公式嵌套太深；括号和函数最多套 {MAX_NESTING} 层，请拆成几个计算项")
        value = self._either()
        if self._take("if"):
            condition = self._either()
            self._expect("else", "“甲 if 条件 else 乙”缺少 else")
            value = Call("if", (value, condition, self.expression()))
        self._nesting -= 1
        return value

    def expect_end(self) -> None:
        token = self._tokens[self._at]
        if token.kind != "end":
            raise FormulaError(
                f"公式第 {token.position} 个字符处的“{token.text}”是多余的；前面可能缺少运算符，允许：{ALLOWED}"
            )

    def _either(self) -> Node:
        first = self._both()
        rest = []
        while self._take("or"):
            rest.append(("or", self._both()))
        return Chain("or", first, tuple(rest)) if rest else first

    def _both(self) -> Node:
        first = self._negation()
        rest = []
        while self._take("and"):
            rest.append(("and", self._negation()))
        return Chain("and", first, tuple(rest)) if rest else first

    def _negation(self) -> Node:
        negations = 0
        while self._take("not"):
            negations += 1
        node = self._comparison()
        if negations > MAX_NESTING:
            raise FormulaError("公式里连写了太多 not；请只写一个")
        for _ in range(negations):
            node = Prefix("not", node)
        return node

    def _comparison(self) -> Node:
        return self._chain("compare", _COMPARISONS, self._sum)

    def _sum(self) -> Node:
        return self._chain("number", frozenset("+-"), self._product)

    def _product(self) -> Node:
        return self._chain("number", frozenset("*/"), self._signed)

    def _chain(self, kind: str, signs: frozenset[str], operand: _Operand) -> Node:
        first = operand()
        rest = []
        while (sign := self._tokens[self._at]).kind == "sign" and sign.text in signs:
            self._at += 1
            rest.append((sign.text, operand()))
        return Chain(kind, first, tuple(rest)) if rest else first

    def _signed(self) -> Node:
        minuses = 0
        while (token := self._tokens[self._at]).kind == "sign" and token.text in {"-", "+"}:
            self._at += 1
            minuses += token.text == "-"
        node = self._primary()
        # Two minuses cancel for a number, but must still refuse a text: keep at least one of each pair.
        for _ in range(minuses if minuses <= 2 else 2 - minuses % 2):
            node = Prefix("-", node)
        return node

    def _primary(self) -> Node:
        token = self._tokens[self._at]
        self._at += 1
        if token.kind == "number":
            return Literal(Decimal(token.text))
        if token.kind == "text":
            return Literal(token.text[1:-1])
        if token.kind == "word" and token.text in {"true", "false"}:
            return Literal(token.text == "true")
        if token.kind == "name":
            return self._name_or_call(token)
        if token.text == "(" and token.kind == "sign":
            node = self.expression()
            self._expect(")", "括号没有成对，缺少右括号")
            return node
        if token.kind == "end":
            raise FormulaError("公式没有写完；最后还缺一个数字、字段名或括号")
        raise FormulaError(f"公式第 {token.position} 个字符处的“{token.text}”放错了地方；这里应是数字、字段名或左括号")

    def _name_or_call(self, token: Token) -> Node:
        if self._take("("):
            return self._call(token)
        if token.text in FUNCTIONS:
            raise FormulaError(
                f"公式第 {token.position} 个字符起的“{token.text}”是函数名，后面要写括号；字段请换一个名字"
            )
        return Name(token.text)

    def _call(self, token: Token) -> Node:
        if token.text not in FUNCTIONS:
            raise FormulaError(
                f"公式第 {token.position} 个字符起的函数“{token.text}”不存在；允许：{'、'.join(FUNCTIONS)}"
            )
        arguments: list[Node] = []
        if not self._take(")"):
            arguments.append(self.expression())
            while self._take(","):
                arguments.append(self.expression())
            self._expect(")", f"函数“{token.text}”缺少右括号或逗号")
        fewest, most = FUNCTIONS[token.text]
        if not fewest <= len(arguments) <= most:
            count = str(fewest) if fewest == most else f"{fewest} 至 {most}"
            raise FormulaError(
                f"公式第 {token.position} 个字符起的函数“{token.text}”要写 {count} 项，现在是 {len(arguments)} 项"
            )
        self._check_quoted(token, arguments)
        return Call(token.text, tuple(arguments))

    @staticmethod
    def _check_quoted(token: Token, arguments: list[Node]) -> None:
        quoted = all(isinstance(a, Literal) and isinstance(a.value, str) for a in arguments)
        if token.text in TABLE_FUNCTIONS and not quoted:
            raise FormulaError(
                f'函数“{token.text}”里的表名和列名要加引号；例如 column_sum("表名", "列名")、row_count("表名")'
            )

    def _take(self, text: str) -> bool:
        token = self._tokens[self._at]
        if token.text == text and token.kind in {"word", "sign"}:
            self._at += 1
            return True
        return False

    def _expect(self, text: str, message: str) -> None:
        if not self._take(text):
            raise FormulaError(f"公式第 {self._tokens[self._at].position} 个字符处：{message}")
