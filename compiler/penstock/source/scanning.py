"""PyYAML's scanner, made to read what libyaml reads.

The two differ in tabs, in question marks and colons inside of `{}` and `[]`, in the header of block scalars and in escapes of
characters that do not exist. Each method here stands for one of these differences, and decides it as libyaml does. Tags
are read without looking at what they say, because all of them are refused anyway.
"""

from __future__ import annotations

from typing import Any

from yaml.reader import Reader
from yaml.scanner import Scanner as PyYamlScanner
from yaml.scanner import ScannerError
from yaml.tokens import ScalarToken, TagToken, Token

_BREAKS = "\r\n"
_BLANKS = " \t"
_ENDS = "\0\r\n"
_ENDS_OR_BLANKS = _ENDS + _BLANKS
_FLOW_INDICATORS = ",[]{}"


class Scanner(Reader, PyYamlScanner):
    """Tokens of a YAML text in which LF, CR and CR LF are the only line breaks.

    Where brackets open and close, and quotes, is noted: whoever explains a fault wants to know.
    """

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        PyYamlScanner.__init__(self)
        self.brackets: list[tuple[int, bool]] = []
        self.quotes: list[tuple[int, int]] = []

    def fetch_directive(self) -> None:
        """No directive says anything that a topology needs."""
        raise ScannerError("while scanning a directive", None, "found a directive", self.get_mark())

    def fetch_flow_collection_start(self, token: type[Token]) -> None:
        """A bracket opens."""
        self.brackets.append((self.index, True))
        super().fetch_flow_collection_start(token)

    def fetch_flow_collection_end(self, token: type[Token]) -> None:
        """A bracket closes; one that closes nothing is the parser's to find."""
        self.brackets.append((self.index, False))
        self.flow_level = max(self.flow_level, 1)
        super().fetch_flow_collection_end(token)

    def scan_to_next_token(self) -> None:
        """Skip spaces, comments and line breaks; tabs too, where they are no indentation."""
        while True:
            blanks = _BLANKS if self.flow_level or not self.allow_simple_key else " "
            while self.peek() in blanks:
                self.forward()
            if self.peek() == "#":
                self._skip_line()
            if not self.scan_line_break():
                return
            if not self.flow_level:
                self.allow_simple_key = True

    def scan_plain(self) -> ScalarToken:
        """An unquoted scalar; it may go on over lines, and contain tabs where they are no indentation."""
        start = end = self.get_mark()
        chunks: list[str] = []
        between: list[str] | None = []
        while between is not None and self.peek() != "#":
            length = self._plain_length(start)
            if not length:
                break
            self.allow_simple_key = False
            chunks += [*between, self.prefix(length)]
            self.forward(length)
            end = self.get_mark()
            between = self._plain_spaces(self.indent + 1, start) or None
        return ScalarToken("".join(chunks), True, start, end)  # noqa: FBT003 - PyYAML's signature

    def _plain_length(self, start: Any) -> int:  # noqa: ANN401 - PyYAML's marks have no type of their own
        """How many characters from here on belong to an unquoted scalar."""
        length = 0
        while (character := self.peek(length)) not in _ENDS_OR_BLANKS:
            if character == ":":
                follows = self.peek(length + 1)
                if self.flow_level and follows in "?" + _FLOW_INDICATORS:
                    self.forward(length)
                    raise ScannerError("while scanning a plain scalar", start, "found unexpected ':'", self.get_mark())
                if follows in _ENDS_OR_BLANKS:
                    break
            elif self.flow_level and character in _FLOW_INDICATORS:
                break
            length += 1
        return length

    def _plain_spaces(self, indent: int, start: Any) -> list[str]:  # noqa: ANN401 - see _plain_length
        """What stands between two lines or words of an unquoted scalar; empty when the scalar ends here."""
        blanks = self._take(_BLANKS)
        if self.peek() not in _BREAKS:
            return [blanks] if blanks else []
        breaks = []
        while self.peek() in _BREAKS:
            breaks.append(self.scan_line_break())
            self.allow_simple_key = True
            if self._at_document_indicator():
                return []
            self._skip_indentation(indent, start)
        if not self.flow_level and self.column < indent:
            return []
        return breaks[1:] or [" "]

    def _skip_indentation(self, indent: int, start: Any) -> None:  # noqa: ANN401 - see _plain_length
        while self.peek() in _BLANKS:
            if self.peek() == "\t" and self.column < indent:
                problem = "found a tab character that violates indentation"
                raise ScannerError("while scanning a plain scalar", start, problem, self.get_mark())
            self.forward()

    def scan_line_break(self) -> str:
        """A line break, read as LF; nothing where there is none."""
        if self.peek() not in _BREAKS:
            return ""
        self.forward(2 if self.prefix(2) == "\r\n" else 1)
        return "\n"

    def _at_document_indicator(self) -> bool:
        return self.prefix(3) in {"---", "..."} and self.peek(3) in _ENDS_OR_BLANKS

    def _take(self, characters: str) -> str:
        length = 0
        while self.peek(length) in characters:
            length += 1
        taken: str = self.prefix(length)
        self.forward(length)
        return taken

    def _skip_line(self) -> None:
        while self.peek() not in _ENDS:
            self.forward()

    def scan_block_scalar_indicators(self, start_mark: Any) -> tuple[bool | None, int | None]:  # noqa: ANN401
        """The `+`, `-` and digit behind `|` or `>`, in either order."""
        chomping, increment = None, None
        for _ in range(2):
            character = self.peek()
            if chomping is None and character in "+-":
                chomping = character == "+"
            elif increment is None and character in "0123456789":
                if character == "0":
                    problem = "expected indentation indicator in the range 1-9, but found 0"
                    raise ScannerError("while scanning a block scalar", start_mark, problem, self.get_mark())
                increment = int(character)
            else:
                break
            self.forward()
        return chomping, increment

    def scan_block_scalar_ignored_line(self, start_mark: Any) -> None:  # noqa: ANN401 - see _plain_length
        """The rest of the line behind `|` or `>`: blanks and a comment."""
        self._take(_BLANKS)
        if self.peek() == "#":
            self._skip_line()
        if self.peek() not in _ENDS:
            problem = "expected a comment or a line break"
            raise ScannerError("while scanning a block scalar", start_mark, problem, self.get_mark())
        self.scan_line_break()

    def scan_block_scalar_indentation(self) -> tuple[list[str], int, Any]:
        """Find the first line of a block scalar that is not blank: its indentation holds for all of them."""
        breaks: list[str] = []
        widest = 0
        end = self.get_mark()
        while True:
            self._take(" ")
            widest = max(widest, self.column)
            self._refuse_tab()
            if self.peek() not in _BREAKS:
                return breaks, widest, end
            breaks.append(self.scan_line_break())
            end = self.get_mark()

    def scan_block_scalar_breaks(self, indent: int) -> tuple[list[str], Any]:
        """Skip blank lines and the indentation of the next line of a block scalar."""
        breaks: list[str] = []
        end = self.get_mark()
        while True:
            while self.column < indent and self.peek() == " ":
                self.forward()
            if self.column < indent:
                self._refuse_tab()
            if self.peek() not in _BREAKS:
                return breaks, end
            breaks.append(self.scan_line_break())
            end = self.get_mark()

    def _refuse_tab(self) -> None:
        if self.peek() == "\t":
            problem = "found a tab character where an indentation space is expected"
            raise ScannerError("while scanning a block scalar", None, problem, self.get_mark())

    def scan_flow_scalar(self, style: str) -> ScalarToken:
        """A quoted scalar, unless it contains an escape that stands for no character."""
        start = self.get_mark()
        try:
            token: ScalarToken = super().scan_flow_scalar(style)
            token.value.encode()
        except (ValueError, OverflowError):
            problem = "found invalid Unicode character escape code"
            raise ScannerError("while parsing a quoted scalar", start, problem, start) from None
        self.quotes.append((start.index, self.index))
        return token

    def scan_tag(self) -> TagToken:
        """Anything that starts with an exclamation mark."""
        start = self.get_mark()
        length = 1
        ends = _ENDS_OR_BLANKS + (_FLOW_INDICATORS if self.flow_level else "")
        while self.peek(length) not in ends:
            length += 1
        self.forward(length)
        return TagToken(("!", "tag"), start, self.get_mark())
