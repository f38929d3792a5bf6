# SPDX-License-Identifier: GPL-2.0-only
"""A copy of the source tree to break: how it is built, which tests it has, and which lines each of them runs."""
import glob
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import time

# Tests of other things: builds, fuzzers, the tree's rules, the runner, headers alone.
NOT_THESE = ('build', 'bounds', 'docs', 'fuzz', 'static', 'run', 'policy')
COVERAGE = '-O0 --coverage'
# The process that reads trace.dat ends with _exit(), which writes no coverage.
EXITS = "'-D_exit(n)=exit(n)'"
# libgcov allocates too, and comes behind the archive that has the counted allocations (lib/memory.c).
LINK = '-Wl,-u,__wrap_malloc'
TYPES = '-Werror=incompatible-pointer-types -Werror=int-conversion -Werror=format -Werror=return-type'


def digest(paths):
    h = hashlib.sha256()
    for p in sorted(paths):
        h.update(p.encode() + b'\0' + open(p, 'rb').read() + b'\0')
    return h.hexdigest()[:16]


class Tree:
    def __init__(self, top, work):
        self.top, self.work = top, work
        self.dir = os.path.join(work, 'tree')
        self.env = dict(os.environ, OUT=os.path.join(self.dir, '.output'), MTHPTOP=os.path.join(self.dir, 'mthptop'),
                        CMOCKA_MESSAGE_OUTPUT='TAP', TMPDIR=os.path.join(work, 'tmp'), LC_ALL='C.UTF-8',
                        ASAN_OPTIONS='detect_stack_use_after_return=1:strict_string_checks=1:hard_rss_limit_mb=4096',
                        UBSAN_OPTIONS='print_stacktrace=0')

    def copy(self):
        """Brings the copy to the state of the source tree; what did not change keeps its time, and its objects."""
        listed = subprocess.run(['git', '-c', 'safe.directory=' + self.top, 'ls-files', '-co', '--exclude-standard', '-z'],
                                cwd=self.top, capture_output=True, check=True).stdout.decode().split('\0')
        listed = {f for f in listed if os.path.isfile(os.path.join(self.top, f))}
        os.makedirs(self.dir, exist_ok=True)
        os.makedirs(self.env['TMPDIR'], exist_ok=True)
        for f in listed:
            a, b = os.path.join(self.top, f), os.path.join(self.dir, f)
            if not os.path.exists(b) or open(a, 'rb').read() != open(b, 'rb').read():
                os.makedirs(os.path.dirname(b), exist_ok=True)
                shutil.copyfile(a, b)
                shutil.copymode(a, b)
        for root, dirs, files in os.walk(self.dir):
            dirs[:] = [d for d in dirs if not d.startswith('.')]
            for f in files:
                path = os.path.relpath(os.path.join(root, f), self.dir)
                if path not in listed and path != 'mthptop':
                    os.unlink(os.path.join(self.dir, path))
        os.chdir(self.dir)

    def make(self, *what, seconds=3600):
        """None, or what make said of a failure."""
        r = subprocess.run(['make', '-s', *what], capture_output=True, text=True, errors='replace', timeout=seconds)
        return None if r.returncode == 0 else r.stderr

    def tests(self):
        """Name, command and what make builds for it. Exhaustive tests and those that want the machine alone are left out."""
        out = {}
        for f in sorted(glob.glob('analyzer/tests/unit/*/test_*.c') + glob.glob('analyzer/tests/e2e/*.t')):
            name = re.sub(r'\.(c|t)$', '', f)
            text = open(f).read()
            if re.search(r'^[ #*]*run: alone *$', text, re.M) or name.split('/')[-1] in NOT_THESE:
                continue
            if '/unit/' in f and '/test_opt_' not in f:
                out[name] = (['.output/' + name], ['.output/' + name])
            elif f.endswith('.t'):
                needs = set(re.findall(r'\$OUT/(analyzer/tests/unit/\w+/test_\w+)', text))
                if 'unit/trace/plain_' in text:
                    needs |= {'analyzer/tests/unit/trace/plain_' + t for t in ('roundtrip', 'output')}
                out[name] = (['bash', f], ['all'] + ['.output/' + n for n in sorted(needs)])
        return out

    def run(self, name, seconds, out='.output'):
        """None if the test passes, else how it failed. A script is stopped at its first failure."""
        cmd = [c.replace('.output', out, 1) for c in self.tests_[name][0]]
        env = dict(self.env, OUT=os.path.join(self.dir, out))
        # Address space cannot be limited where a program has ASan.
        plain = out == '.output' and cmd[0] == 'bash' and self.tests_[name][1] == ['all']
        limit = 'ulimit -f 4194304; %sexec "$@"' % ('ulimit -v 8388608; ' if plain else '')
        p = subprocess.Popen(['bash', '-c', limit, 'x'] + cmd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, env=env, start_new_session=True)
        why, end = None, time.time() + seconds
        os.set_blocking(p.stdout.fileno(), False)
        rest = b''
        while why is None:
            data = p.stdout.read()
            if data == b'':
                break
            rest += data or b''
            bad = re.search(rb'^not ok \d+ -? ?([^\n]*)\n', rest, re.M)
            if bad:
                why = bad[1].decode('utf-8', 'replace')
            elif time.time() > end:
                why = 'more than %d s' % seconds
            elif data is None:
                if p.poll() is not None:
                    break
                time.sleep(0.02)
            rest = rest[-4000:]
        if why is None:
            try:
                if p.wait(max(1, end - time.time())):
                    why = 'exit status %d' % p.returncode
            except subprocess.TimeoutExpired:
                why = 'more than %d s' % seconds
        try:
            os.killpg(p.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        p.wait()
        return why

    # ---- Which test runs which lines ----

    def sources(self):
        return [f for f in glob.glob('analyzer/**/*.[ch]', recursive=True) + glob.glob('include/**/*.h', recursive=True) +
                glob.glob('analyzer/tests/support/*') + ['Makefile']
                if os.path.isfile(f) and not f.startswith(('analyzer/tests/unit', 'analyzer/tests/fuzz'))]

    def lines_run(self):
        """{file: {line: whether it ran}} of what ran since the last call."""
        found = glob.glob('.coverage/**/*.gcda', recursive=True)
        files = {}
        for part in range(0, len(found), 50):
            said = subprocess.run(['gcov', '--json-format', '--stdout'] + found[part:part + 50], capture_output=True).stdout
            for text in said.splitlines():
                for f in json.loads(text)['files'] if text.startswith(b'{') else []:
                    lines = files.setdefault(f['file'], {})
                    for n in f['lines']:
                        lines[n['line_number']] = lines.get(n['line_number'], 0) + n['count']
        for f in found:
            os.unlink(f)
        return files

    def learn(self, say):
        """Runs each test once as it is, for its time, and once for the lines that it runs; kept for the next time."""
        kept = os.path.join(self.work, 'tests.json')
        try:
            old = json.load(open(kept))
        except (OSError, ValueError):
            old = {}
        same = digest(self.sources())
        if old.get('sources') != same:
            old = {'sources': same, 'tests': {}, 'code': {}}
        self.tests_, self.code = self.tests(), old['code']
        self.known = {n: t for n, t in old['tests'].items() if n in self.tests_}
        new = [n for n in self.tests_ if self.known.get(n, {}).get('is') != digest([self.file_of(n)])]
        if new:
            say('%d tests are run once as they are, and once to see which lines they run' % len(new))
            self.build(say)
            for n in new:
                self.learn_one(n, say)
                json.dump(dict(old, tests=self.known), open(kept, 'w'))
        self.known = {n: t for n, t in self.known.items() if not t['fails']}
        if not any(t['lines'] for t in self.known.values()):
            raise SystemExit('mutants: no test left the lines that it ran: was %s moved?' % self.dir)

    def file_of(self, name):
        return name + ('.c' if '/unit/' in name else '.t')

    def build(self, say):
        units = [n for n in self.tests_ if '/unit/' in n]
        wanted = sorted({w for n in self.tests_ for w in self.tests_[n][1]})
        for what in (['CPPFLAGS=' + TYPES] + wanted,
                     ['OUT=.coverage', 'CFLAGS=' + COVERAGE, 'SAN=' + COVERAGE, 'CPPFLAGS=' + EXITS,
                      'LDFLAGS=' + LINK, '.coverage/mthptop'] +
                     ['.coverage/' + n for n in units]):
            bad = self.make(*what)
            if bad:
                raise SystemExit('mutants: the tree does not build: ' + bad)
        say('built')

    def learn_one(self, name, say):
        self.lines_run()
        begin = time.time()
        fails = self.run(name, 600)
        took = time.time() - begin
        if fails:
            say('%s fails without any mutant and is left out: %s' % (name, fails))
        else:
            env, self.env = self.env, dict(self.env, MTHPTOP=os.path.join(self.dir, '.coverage/mthptop'))
            self.run(name, 1200, '.coverage')
            self.env = env
        lines = {}
        for f, all_ in self.lines_run().items():
            if not f.startswith('analyzer/tests'):
                self.code[f] = sorted(set(self.code.get(f, [])) | set(all_))
                if any(all_.values()):
                    lines[f] = sorted(n for n, count in all_.items() if count)
        self.known[name] = {'is': digest([self.file_of(name)]), 'took': took, 'fails': fails, 'lines': lines}

    def tests_for(self, file, line):
        """The tests that run the line, the fastest first; if none does, those that run anything of the file."""
        coded = [n for n in self.code.get(file, []) if n <= line]
        # A line in the middle of a statement, or of a table, has no number of its own.
        at = max(coded) if coded and line - max(coded) < 12 else None
        order = sorted(self.known, key=lambda n: self.known[n]['took'])
        of_file = [n for n in order if file in self.known[n]['lines']]
        of_line = [n for n in of_file if at in self.known[n]['lines'][file]]
        return of_line, [n for n in of_file if n not in of_line]
