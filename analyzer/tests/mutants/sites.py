# SPDX-License-Identifier: GPL-2.0-only
"""Which one-token mutants a C file has, and an even choice of them.

A mutant is a place in a file and the text that replaces the text there. Function bodies have them, and the tables of
numbers beside these. The tree is formatted by clang-format: a binary operator has a space on both sides, a pointer's
star does not, a statement begins its line, and a brace in the first column begins or ends a body.
"""
import random
import re
from dataclasses import dataclass

TOKEN = re.compile(r'''
    (?P<skip>/\*.*?\*/ | //[^\n]* | ^[ \t]*\#(?:\\\n|[^\n])* | \s+)
  | (?P<text>"(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*')
  | (?P<name>[A-Za-z_]\w*)
  | (?P<number>\d[\w.]*(?:(?<=[eE])[+-]\d+)?)
  | (?P<op><<=|>>=|\.\.\.|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|.)
''', re.X | re.S | re.M)

BINARY = {'<': '<=', '<=': '<', '>': '>=', '>=': '>', '==': '!=', '!=': '==', '&&': '||', '||': '&&',
          '+': '-', '-': '+', '*': '/', '/': '*', '%': '/', '&': '|', '|': '&', '^': '&', '<<': '>>', '>>': '<<',
          '+=': '-=', '-=': '+=', '*=': '/=', '/=': '*=', '|=': '&=', '&=': '|=', '<<=': '>>=', '>>=': '<<='}
STEP = {'++': '--', '--': '++'}
JUMPS = ('return', 'break', 'continue', 'goto')
NO_CALL = JUMPS + ('if', 'while', 'for', 'switch', 'sizeof', 'case', 'do', 'else', 'typeof', 'static_assert')
AFTER_NAME = ('(', '=', '[', '.', '->', '++', '--') + tuple(op for op in BINARY if op.endswith('=') and op[0] not in '<>=!')


@dataclass
class Token:
    kind: str
    text: str
    at: int
    line: int

    @property
    def end(self):
        return self.at + len(self.text)


@dataclass
class Mutant:
    file: str
    line: int
    kind: str   # operator, constant, condition, statement, arguments
    at: int
    old: str
    new: str
    source: str  # the line, without its indentation
    within: str  # the function, or the table

    def __str__(self):
        old, new = (' '.join(t.split()) for t in (self.old, self.new))
        change = {'statement': 'drop "%s"' % old, 'condition': 'negate "%s"' % old}.get(
            self.kind, '"%s" -> "%s"' % (old, new))
        return '%s:%d: %s: %s' % (self.file, self.line, self.kind, change)

    def key(self):
        """The same mutant after other lines of the file have changed."""
        return '%s: %s: %s: "%s" -> "%s"' % (self.file, self.within, self.source, *(' '.join(t.split()) for t in (self.old, self.new)))


def tokens(text):
    out, line, last = [], 1, 0
    for m in TOKEN.finditer(text):
        line += text.count('\n', last, m.start())
        last = m.start()
        if m.lastgroup != 'skip':
            out.append(Token(m.lastgroup, m.group(), m.start(), line))
    return out


def bodies(toks, text):
    """Token numbers [from, to) of function bodies, and of the values of tables."""
    depth, begin, table = 0, 0, False
    for i, t in enumerate(toks):
        if t.text == '{':
            if not depth:
                begin, table = i, i and toks[i - 1].text == '='
            depth += 1
        elif t.text == '}' and depth:
            depth -= 1
            if not depth and (table or text[toks[begin].at - 1:toks[begin].at] == '\n'):
                yield begin + 1, i, table


def name_of(toks, begin, table):
    """What the body that begins behind token @begin is of."""
    i = begin - 2
    if not table:
        depth = 0
        while i > 0 and (depth or toks[i].text not in ')('):
            i -= 1
        while i > 0:
            depth += (toks[i].text == ')') - (toks[i].text == '(')
            if not depth:
                break
            i -= 1
        return toks[i - 1].text
    while i > 0 and (toks[i].kind != 'name' or toks[i - 1].text == '['):
        i -= 1
    return toks[i].text


def closing(toks, i):
    """Where the bracket at i is closed."""
    depth = 0
    for j in range(i, len(toks)):
        depth += (toks[j].text in '([{') - (toks[j].text in ')]}')
        if not depth:
            return j
    return len(toks) - 1


def numbers(toks, i):
    t = toks[i]
    m = re.fullmatch(r'(0[xX][0-9a-fA-F]+|\d+)([uUlL]*)', t.text)
    if not m:
        return
    n = int(m[1], 0) if m[1].lower().startswith('0x') else int(m[1])
    say = hex if 'x' in m[1].lower() else str
    yield 'constant', t.at, t.text, say(n + 1) + m[2]
    if n:
        yield 'constant', t.at, t.text, say(n - 1) + m[2]


def operators(toks, i, text):
    t = toks[i]
    if t.text in BINARY and text[t.at - 1] in ' \t\n' and text[t.end] in ' \n':
        yield 'operator', t.at, t.text, BINARY[t.text]
    elif t.text in STEP:
        yield 'operator', t.at, t.text, STEP[t.text]
    elif t.text == '!':
        yield 'operator', t.at, t.text, ''


def conditions(toks, i, text):
    if toks[i].text in ('if', 'while') and toks[i + 1].text == '(':
        at, end = toks[i + 1].end, toks[closing(toks, i + 1)].at
        if ' = ' not in text[at:end] or text[at:end].startswith('('):
            yield 'condition', at, text[at:end], '!(' + text[at:end] + ')'


def statements(toks, i, text):
    t = toks[i]
    if text[text.rfind('\n', 0, t.at) + 1:t.at].strip() or toks[i - 1].text not in (';', '{', '}', ')', ':', 'else', 'do'):
        return
    if t.text in JUMPS or t.text in STEP or t.text == '*' or \
            (t.kind == 'name' and t.text not in NO_CALL and toks[i + 1].text in AFTER_NAME):
        j = i
        while toks[j].text != ';':
            j = closing(toks, j) + 1 if toks[j].text in '([{' else j + 1
            if toks[j].text == '}':
                return
        yield 'statement', t.at, text[t.at:toks[j].at], ''


def arguments(toks, i, text):
    if toks[i].kind != 'name' or toks[i].text in NO_CALL or toks[i + 1].text != '(':
        return
    end, parts, begin, j = closing(toks, i + 1), [], i + 2, i + 2
    while j <= end:
        if toks[j].text == ',' or j == end:
            if j > begin:
                parts.append((toks[begin].at, toks[j - 1].end))
            begin = j + 1
        elif toks[j].text in '([{':
            j = closing(toks, j)
        j += 1
    for (a, b), (c, d) in zip(parts, parts[1:]):
        if text[a:b] != text[c:d]:
            yield 'arguments', a, text[a:d], text[c:d] + text[b:c] + text[a:b]


def mutants_of(file, text):
    lines = text.split('\n')
    toks = tokens(text)
    for begin, end, table in bodies(toks, text):
        within = name_of(toks, begin, table)
        for i in range(begin, end):
            found = list(numbers(toks, i))
            if not table:
                for more in (operators, conditions, statements, arguments):
                    found += more(toks, i, text)
            for kind, at, old, new in found:
                yield Mutant(file, toks[i].line, kind, at, old, new, lines[toks[i].line - 1].strip(), within)


def choose(files, count, seed):
    """So many of the lines that have mutants, at even distances, and one mutant of each: first its kind, then which."""
    chance = random.Random(seed)
    by_line = {}
    for file, text in sorted(files.items()):
        for m in mutants_of(file, text):
            by_line.setdefault((file, m.line), []).append(m)
    places = list(by_line)
    count = min(count, len(places))
    for n in range(count):
        place = places[int((n + chance.random()) * len(places) / count)]
        kind = chance.choice(sorted({m.kind for m in by_line[place]}))
        yield chance.choice([m for m in by_line[place] if m.kind == kind])
