#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a user sees of `morgana run`: on a terminal, where lines are redrawn, and off it.

MORGANA is the program, MORGANA_PLUGIN_PATH the folder of the stages in tests/resume/resume_stages.cpp.
"""
import codecs
import fcntl
import json
import os
import pathlib
import pty
import re
import select
import shutil
import struct
import subprocess
import tempfile
import termios
import time
import unittest

MORGANA = os.environ["MORGANA"]
asks_to_stop = unittest.skipIf(os.environ.get("MORGANA_SANITIZE") == "thread",
                               "the thread sanitizer holds signals back while the main thread waits within oneTBB")

FOR_EVER = 10000  # steps; such a node is asked to stop
PATIENCE = 60     # seconds until a test that waits gives up
SUMMARY = r"\d+/\d+ nodes, \d+ cached, \d+ running, "
END = [r"  run   runs/\S+"]
STOPPED = END + [r"  what is done is kept; go on with: morgana run study\.json .*"]


def steps(count, start="start.result", milliseconds=20):
    return {"use": "test.steps", "in": {"start": start}, "set": {"steps": count, "milliseconds": milliseconds}}


def pipeline(**nodes):
    return {"schema": "morgana.pipeline/1", "seed": 1, "nodes": {"start": {"use": "test.draw"}, **nodes}}


class Terminal:
    """As much of a terminal as the display may use. It fails on anything else, and where a picture is drawn amiss."""

    def __init__(self, columns, rows):
        self.columns, self.height = columns, rows
        self.rows, self.row, self.column = [[]], 0, 0  # all that was ever written; the last `height` are in sight
        self.continued = set()                         # the rows that go on from the one above
        self.coloured, self.colours = False, set()
        self.pictures = []                             # (permanent lines, live lines), whenever they are redrawn
        self.erase_from = None
        self.decoder, self.pending = codecs.getincrementaldecoder("utf-8")(), ""

    def feed(self, data):
        self.pending += self.decoder.decode(data)
        while self.pending:
            if self.pending[0] != "\x1b":
                self.put(self.pending[0])
                self.pending = self.pending[1:]
                continue
            sequence = re.match(r"\x1b\[([0-9;]*)([A-Za-z])", self.pending)
            if not sequence:
                assert re.fullmatch(r"\x1b(\[[0-9;]*)?", self.pending), f"unknown sequence {self.pending[:12]!r}"
                return
            self.pending = self.pending[sequence.end():]
            self.obey(*sequence.groups())

    def put(self, character):
        assert self.erase_from is None, "the cursor was moved up, and nothing erased"
        if character == "\r":
            self.column = 0
        elif character == "\n":
            self.next_row()
        else:
            assert character.isprintable(), f"unknown character {character!r}"
            if self.column == self.columns:
                self.next_row()
                self.column = 0
                self.continued.add(self.row)
            row = self.rows[self.row]
            row[self.column:self.column + 1] = [character]
            self.column += 1

    def next_row(self):
        self.row += 1
        if self.row == len(self.rows):
            self.rows.append([])

    def obey(self, argument, kind):
        if kind == "m":
            self.coloured = argument not in ("", "0")
            self.colours.add(argument)
        elif kind == "A":
            self.look_at_picture(int(argument))
            self.erase_from = self.row = self.row - int(argument)
        elif kind == "J" and argument == "":
            assert self.erase_from == self.row and self.column == 0
            self.erase_from = None
            del self.rows[self.row:]
            self.rows.append([])
        else:
            raise AssertionError(f"unknown sequence {argument}{kind}")

    def look_at_picture(self, height):
        """Called when the picture of that many rows above the cursor is whole, and about to be drawn again."""
        assert self.column == 0 and not self.coloured and self.row == len(self.rows) - 1
        assert height <= min(self.row, self.height - 1), "the cursor was moved out of sight"
        top = self.row - height
        assert not any(row in self.continued for row in range(top, self.row)), "a live line is wider than the window"
        live = ["".join(row) for row in self.rows[top:self.row]]
        width = self.columns - 1
        assert re.match(SUMMARY, live[-1]) or len(live[-1]) == width, live
        names = [line.split()[0] for line in live[:-1]]
        assert len(names) >= 1 and len(set(names)) == len(names), live
        for line in live[:-1]:
            assert re.match(r"\S+ +([█░#-]{16} +\d+ %  |\d|waits )", line) or len(line) == width, line
        self.pictures.append((self.lines(top), live))

    def lines(self, end=None):
        """As they were written, wherever they were broken."""
        lines = []
        for number, row in enumerate(self.rows[:end]):
            if number in self.continued and lines:
                lines[-1] += "".join(row)
            else:
                lines.append("".join(row))
        return [line.rstrip() for line in lines]


class Session:
    """A folder, and runs in it under a terminal or into a pipe."""

    opened = []

    def __init__(self, content):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="morgana-display-"))
        self.process = self.master = None
        Session.opened.append(self)
        (self.folder / "study.json").write_text(json.dumps(content))

    def close(self):
        if self.process and self.process.poll() is None:  # its test failed
            self.process.kill()
            self.process.wait(PATIENCE)
        if self.master is not None:
            os.close(self.master)
        shutil.rmtree(self.folder)

    def command(self, options):
        return [MORGANA, "run", "study.json", "--cache", "cache", "--jobs", "8", "--threads", "8", *options]

    @staticmethod
    def environment(changes):
        environment = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "LC_ALL", "LC_CTYPE")}
        environment.update({"TERM": "xterm-256color", "LANG": "C.UTF-8", **changes})
        return {name: value for name, value in environment.items() if value is not None}

    def piped(self, *options, **changes):
        done = subprocess.run(self.command(options), cwd=self.folder, env=self.environment(changes), timeout=PATIENCE,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.returncode, done.stdout.decode()

    def start(self, *options, columns=80, rows=24, **changes):
        self.terminal, self.written = Terminal(columns, rows), b""
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        settings = termios.tcgetattr(slave)
        settings[3] |= termios.NOFLSH  # else Ctrl-C discards what was written and is not read yet
        termios.tcsetattr(slave, termios.TCSANOW, settings)
        self.process = subprocess.Popen(self.command(options), cwd=self.folder, env=self.environment(changes), stdin=slave,
                                        stdout=slave, stderr=slave, start_new_session=True,
                                        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(slave)
        return self

    def read(self):
        """False at the end."""
        if not select.select([self.master], [], [], PATIENCE)[0]:
            raise AssertionError("nothing was written for a minute")
        try:
            data = os.read(self.master, 65536)
        except OSError:  # EIO: nobody has the terminal open any more
            data = b""
        self.written += data
        self.terminal.feed(data)
        return data != b""

    def until(self, *patterns):
        """Goes on until each pattern is found in a line of one picture."""
        deadline, looked_at = time.monotonic() + PATIENCE, 0
        while time.monotonic() < deadline:
            for permanent, live in self.terminal.pictures[looked_at:]:
                if all(any(re.search(pattern, line) for line in permanent + live) for pattern in patterns):
                    return self
            looked_at = len(self.terminal.pictures)
            assert self.read(), f"the run ended: {self.written.decode()}"
        raise AssertionError(f"never seen: {patterns}")

    def press_control_c(self):
        os.write(self.master, b"\x03")
        return self

    def end(self):
        """What is on the screen when the run has ended; what was said during it must still be there."""
        while self.read():
            pass
        os.close(self.master)
        self.master = None
        self.code = self.process.wait(PATIENCE)
        terminal = self.terminal
        lines = terminal.lines()
        assert terminal.pending == "" and terminal.erase_from is None and not terminal.coloured
        assert lines.pop() == "" and terminal.row == len(terminal.rows) - 1, "the cursor is not on a line of its own"
        for permanent, _ in terminal.pictures:
            assert lines[:len(permanent)] == permanent, (permanent, lines)
        return lines


class DisplayTest(unittest.TestCase):
    def tearDown(self):
        while Session.opened:
            Session.opened.pop().close()

    def assert_lines(self, lines, patterns):
        text = "\n".join(lines)
        self.assertEqual(len(lines), len(patterns), text)
        for line, pattern in zip(lines, patterns):
            self.assertRegex(line, f"^(?:{pattern})$", text)

    @asks_to_stop
    def test_running_nodes_have_a_line_each_that_fits_the_window(self):
        name = "second_with_a_name_as_long_as_can_be_shown"
        for columns, figures in ((40, ""), (80, ""), (200, r"\d+/10000 steps, [\d.]+ steps/s, .* left, value \d")):
            with self.subTest(columns):
                session = Session(pipeline(first=steps(FOR_EVER), **{name: steps(FOR_EVER)}))
                session.start(columns=columns).until(r"^first .*" + figures, f"^{name[:columns - 1]}.*" + figures)
                lines = session.press_control_c().end()
                self.assertEqual(session.code, 1)
                self.assert_lines(lines, [r"start +done +0\.\d s +test\.draw: new",
                                          r"stopping: 2 nodes asked to save what is done \(up to 10 s\); Ctrl-C again ends at once",
                                          rf"(first|{name}) +stopped", rf"(first|{name}) +stopped",
                                          r"stopped in .* s, 3 nodes: 1 done, 2 not done", *STOPPED])
                self.assertNotEqual(lines[2], lines[3])

    def test_finished_nodes_leave_a_line_each(self):
        for locale in ("C.UTF-8", "C"):
            with self.subTest(locale):
                session = Session({**pipeline(first=steps("${steps}"),
                                              mix={"use": "test.mix", "gather": {"numbers": ["first.result"]}},
                                              write={"use": "test.write", "in": {"value": "mix.result"}}),
                                   "vary": {"steps": [8, 10, 12]}})
                lines = session.start(LANG=locale).end()
                self.assertEqual(session.code, 0)
                self.assertEqual("░" in session.written.decode(), locale != "C")
                first = r"first\S+ +done +.* s +test\.steps: new"
                self.assert_lines(lines, [r"start +done +.*", first, first, first, r"mix +done +.*", r"write +done +.*",
                                          r"done in .* s, 6 nodes: 6 done", r"  wrote \S+", *END])
                self.assertEqual(len(set(line.split()[0] for line in lines[1:4])), 3)
                self.assertEqual(session.terminal.colours, {"32", "2", "0"})
                lines = session.start(LANG=locale).end()
                self.assert_lines(lines, [r"done in .* s, 6 nodes: 6 cached", r"  wrote \S+", *END])

    @asks_to_stop
    def test_more_nodes_than_rows(self):
        nodes = {f"node{i}": steps(FOR_EVER) for i in range(6)}
        for rows, shown in ((3, 1), (6, 3), (10, 6)):
            with self.subTest(rows):
                session = Session(pipeline(**nodes)).start(rows=rows).until("nodes, 0 cached, 6 running")
                session.press_control_c()
                self.assertEqual(len(session.end()), 1 + 1 + 6 + 3)
                self.assertEqual(max(len(live) for _, live in session.terminal.pictures), shown + 1)

    def test_window_of_two_rows(self):
        session = Session(pipeline(only=steps(10))).start(rows=2)
        self.assert_lines(session.end(), [r"start +done +.*", r"only +done +.*", r"done in .*", *END])
        self.assertEqual(session.terminal.pictures, [])

    def with_broken_value(self, count):
        """A session that has run and is to run again: `other` and `late` then go on, `mix` finds a broken value at last."""
        session = Session(pipeline(broken=steps(count), before=steps(10), late=steps(FOR_EVER, "before.result"),
                                   other=steps(FOR_EVER),
                                   mix={"use": "test.mix", "gather": {"numbers": ["broken.result", "before.result"]}}))
        session.start().until(r"^late .* \d+/10000", r"^other .* \d+/10000", "^mix +done").press_control_c().end()
        for entry in (session.folder / "cache/objects").glob("*/*/entry.json"):
            if json.loads(entry.read_text())["stage"] == "test.mix":  # so that the broken value is needed
                entry.with_name("result.json").unlink()
        value = next((session.folder / "runs/latest/values").glob("broken*")).resolve()
        content = value.read_bytes()
        value.chmod(0o644)
        value.write_bytes(content[:-3] + bytes([content[-3] ^ 1]) + content[-2:])
        # `before` runs again and gives what it gave, so `late` and `mix` begin while `other` is shown.
        return session.start("--set", "before.milliseconds=21", columns=60)

    @asks_to_stop
    def test_log_and_warning_stand_whole_above_what_is_redrawn(self):
        session = self.with_broken_value(3).until(r"^late .* \d+/10000", "^other", "^mix +done")
        warning = ('warning: node "broken": its cached result is corrupt and is made again: '
                   "result.json is not what was written: its hash differs")
        said = [line for line in session.press_control_c().end() if re.search("goes on at step|^warning", line)]
        self.assert_lines(sorted(said), [r"late    goes on at step \d+", r"other   goes on at step \d+", re.escape(warning)])
        self.assertTrue(any(warning in permanent for permanent, _ in session.terminal.pictures))
        self.assertIn("33", session.terminal.colours)

    @asks_to_stop
    def test_node_that_is_made_again_counts_once(self):
        session = self.with_broken_value(3).until(r"^late .* \d+/10000", "^other", "^mix +done")
        session.press_control_c().end()
        for _, live in session.terminal.pictures:
            ended, nodes, running = map(int, re.match(r"(\d+)/(\d+) nodes, \d+ cached, (\d+) running", live[-1]).groups())
            self.assertLessEqual(ended + running, nodes, live)

    @asks_to_stop
    def test_node_that_is_made_again_can_be_stopped(self):
        session = self.with_broken_value(40).until(r"^broken .* \d+/40")
        lines = session.press_control_c().end()
        if any(line.startswith("broken  done") for line in lines):
            self.skipTest("it was made before it was asked to stop")
        self.assertEqual([line for line in lines if line.startswith("error")], [])
        self.assertIn("broken  stopped", lines)

    @asks_to_stop
    def test_error_stands_whole_above_what_is_redrawn(self):
        bad = {"use": "test.misbehave", "in": {"start": "before.result"}, "set": {"how": "error"}}
        session = Session(pipeline(before=steps(10), bad=bad, other=steps(FOR_EVER))).start(columns=40)
        lines = session.until("^other", "^error: ").press_control_c().end()
        self.assertEqual(session.code, 1)
        self.assert_lines(lines, [r"start +done +.*", r"before +done +.*",
                                  r'error: node "bad": libmorgana_resume_stages\.so, stage test\.misbehave: '
                                  r"it misbehaves as it was told",
                                  r"stopping: 1 node asked .*", r"other +stopped",
                                  r"stopped in .*, 4 nodes: 2 done, 1 failed, 1 not done", *STOPPED])
        self.assertIn("31", session.terminal.colours)

    def crashed(self):
        bad = {"use": "test.misbehave", "in": {"start": "before.result"}, "set": {"how": "abort"}}
        session = Session(pipeline(before=steps(15), bad=bad, other=steps(FOR_EVER))).start()
        return session, session.end()

    def test_crash_is_told_whole(self):
        session, lines = self.crashed()
        self.assertEqual(session.code, 1)
        self.assertRegex(lines[-2], r'^error: node "bad": libmorgana_resume_stages\.so, stage test\.misbehave: .*\(SIGABRT\)$')
        self.assertRegex(lines[-1], "^  hint: finished nodes are kept; .*")

    def test_crash_leaves_no_live_line(self):
        session, lines = self.crashed()
        if not session.terminal.pictures:
            self.skipTest("it crashed before anything was drawn")
        self.assertEqual([line for line in lines if re.match(SUMMARY, line)], [])

    @asks_to_stop
    def test_second_control_c_leaves_no_live_line(self):
        bad = {"use": "test.misbehave", "in": {"start": "start.result"}, "set": {"how": "hang"}}
        session = Session(pipeline(bad=bad)).start("--grace", "600").until("1 running")
        lines = session.press_control_c().until("^stopping: ").press_control_c().end()
        self.assertEqual(session.code, 1)
        lines[2] = lines[2].removeprefix("^C")
        self.assert_lines(lines, [r"start +done +.*", r"stopping: 1 node asked .*",
                                  r"stopped in .*, 2 nodes: 1 done, 1 not done", *STOPPED])

    @asks_to_stop
    def test_no_color_is_still_redrawn(self):
        session = Session(pipeline(other=steps(FOR_EVER))).start(NO_COLOR="1").until("^other")
        self.assertEqual(len(session.press_control_c().end()), 6)
        self.assertEqual(session.terminal.colours, set())

    def test_empty_no_color_is_none(self):
        session = Session(pipeline()).start(NO_COLOR="")
        session.end()
        self.assertIn("32", session.terminal.colours)

    def test_without_a_terminal_nothing_is_redrawn_or_coloured(self):
        bad = {"use": "test.misbehave", "in": {"start": "before.result"}, "set": {"how": "error"}}
        session = Session(pipeline(before=steps(10), bad=bad, other=steps(20)))
        code, text = session.piped()
        self.assertEqual(code, 1)
        self.assertNotRegex(text, "[\x1b\r]")
        self.assertEqual(len(re.findall(r"(?m)^\S+ +started ", text)), 4)
        self.assertEqual(len(re.findall(r"(?m)^\S+ +done ", text)), 3)
        self.assertIn('error: node "bad": libmorgana_resume_stages.so, stage test.misbehave: it misbehaves as it was told\n', text)

    def test_terminal_that_cannot_redraw_is_written_in_lines(self):
        for terminal in ("dumb", None):
            session = Session(pipeline(other=steps(10)))
            lines = session.start(TERM=terminal).end()
            self.assertEqual(session.terminal.pictures, [])
            self.assert_lines(lines, [r"start +started  test\.draw: new", r"start +done +.*",
                                      r"other +started .*", r"other +done +.*", r"done in .*", *END])

    def test_terminal_that_cannot_redraw_is_not_coloured(self):
        session = Session(pipeline()).start(TERM="dumb")
        session.end()
        self.assertNotIn(b"\x1b", session.written)

    def test_quiet_says_nothing_of_what_goes_well(self):
        session = Session(pipeline(other=steps(10))).start("--quiet")
        self.assertEqual(session.end(), [])
        self.assertEqual(session.written, b"")


if __name__ == "__main__":
    unittest.main()
