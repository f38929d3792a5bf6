# SPDX-License-Identifier: GPL-2.0-only
"""fleet_answers.py DATABASE QUERIES FOLDER: answers the questions of docs/fleet/queries.sql from the reports alone, and compares.

FOLDER has the report of each trace as NAME.json, and its lines as NAME.jsonl. Prints TAP without numbers, a line for each
question: "ok NAME" or "not ok NAME", with what differs.
"""
import collections
import json
import os
import re
import subprocess
import sys

database, queries, folder = sys.argv[1:4]
head, *parts = re.split(r"(?m)^-- name: (\w+)\n", open(queries, encoding="utf-8").read())
sql = dict(zip(parts[::2], parts[1::2]))

reports = {}
for file in sorted(os.listdir(folder)):
    if file.endswith(".json"):
        with open(f"{folder}/{file}", encoding="utf-8") as f:
            r = json.load(f)
        r["lines"] = [json.loads(line) for line in open(f"{folder}/{file}l", encoding="utf-8")]
        s = r["summary"]
        # Traces of these tests have no host, or the one of a guest that nobody named.
        reports[file[:-len(".json")]] = r
        r["page"], r["release"] = s["page_size_bytes"], s["release"]


def rows(name):
    got = subprocess.run(["sqlite3", "-bail", "-json", database], input=head + sql[name], text=True,
                         capture_output=True, check=True).stdout
    return json.loads(got) if got.strip() else []


def collapsed(e):
    return e["result"] == "succeeded" or (
        e["kind"] == "collapse_file" and e["requester"] == "madvise" and e["result"] == "pte_mapped_hugepage")


def attempts(r):
    """The rows of `outcomes` that are attempts, and whether they succeeded."""
    one = "mthp_collapse" if r["summary"]["detail"] in ("ranges", "plans") else "collapse"
    for o in r["outcomes"]:
        if o["kind"] in (one, "collapse_file"):
            yield o, collapsed(o)


def total(values):
    """As sum() of SQL: null of nothing but nulls."""
    known = [v for v in values if v is not None]
    return sum(known) if known else None


def machines():
    out = []
    for host, r in reports.items():
        s = r["summary"]
        n = s["collapses"] + s["failures"]
        out.append((host, s["release"], s["verdict"], n, s["collapses"] if n else None,
                    round(100.0 * s["collapses"] / n, 1) if n else None))
    return out


def creep():
    return [(host, r["release"], r["summary"]["creep_steps"], r["summary"]["creep_filled_bytes"])
            for host, r in reports.items() if r["summary"]["creep_steps"]]


def vain():
    by = collections.defaultdict(list)
    for r in reports.values():
        by[r["release"]].append(r)
    out = []
    for release, of in by.items():
        repeated, any_block = 0, False
        for r in of:
            last = {}
            wanted = "mthp_collapse" if r["summary"]["detail"] in ("ranges", "plans") else "collapse"
            for e in r["lines"]:
                if e["kind"] in (wanted, "collapse_file") and e["addr"] is not None:
                    block = (e["mm"], e["addr"], e["order"])
                    if not collapsed(e):
                        any_block = True
                        repeated += last.get(block) == e["result"]
                    last[block] = e["result"]
        out.append((release, len(of), sum(r["summary"]["failures"] for r in of), total(r["summary"]["vain"] for r in of),
                    repeated if any_block else None))
    return out


def fill():
    by = collections.defaultdict(lambda: [set(), 0, 0])
    for host, r in reports.items():
        rest = collections.Counter({k: r["summary"][k] for k in ("collapses", "filled_bytes", "filled_unknown") if r["summary"][k]})
        for p in r["processes"]:
            if p["collapses"]:
                row = by[p["comm"]]
                row[0].add(host)
                row[1] += p["filled_bytes"] or 0
                row[2] += p["filled_unknown"]
                rest.subtract({"collapses": p["collapses"], "filled_bytes": p["filled_bytes"] or 0,
                               "filled_unknown": p["filled_unknown"]})
        if rest["collapses"]:
            row = by[None]
            row[0].add(host)
            row[1] += rest["filled_bytes"]
            row[2] += rest["filled_unknown"]
    return [(comm, len(hosts), filled, unknown) for comm, (hosts, filled, unknown) in by.items() if filled]


def pingpong():
    return [(host, row["by"], q, row[q]) for host, r in reports.items() for row in r["splits"] or []
            for q in ("khugepaged", "madvise", "damon") if row[q]]


def stalls():
    # Percentiles of reports are the ends of buckets, four to each power of two.
    return [(host, r["release"], r["page"] << row["order"], row["requester"], row["count"],
             (row["p50_ns"] * 4 // 5, row["p50_ns"]), (row["p99_ns"] * 4 // 5, row["p99_ns"]), row["max_ns"])
            for host, r in reports.items() for row in r["stalls"] or []]


def failures():
    by = collections.defaultdict(lambda: [0, set()])
    for host, r in reports.items():
        for o, good in attempts(r):
            if not good:
                row = by[r["release"], r["page"] << o["order"], o["result"]]
                row[0] += o["count"]
                row[1].add(host)
    return [(*key, n, len(hosts)) for key, (n, hosts) in by.items()]


def losses():
    return [(host, row["name"], row["count"]) for host, r in reports.items() for row in r["losses"] if row["count"]]


def settings():
    by = collections.defaultdict(lambda: collections.defaultdict(list))
    for host, r in reports.items():
        for row in r["settings"]:
            if row["value"] is not None:
                by[row["name"]][row["value"]].append(host)
    out = []
    for name, values in by.items():
        common = min(values, key=lambda v: (-len(values[v]), v))
        out += [(name, v, len(hosts), common, min(hosts)) for v, hosts in values.items() if v != common]
    return out


def requesters():
    by = collections.defaultdict(lambda: [0, 0])
    for r in reports.values():
        for o, good in attempts(r):
            row = by[o["requester"], r["page"] << o["order"]]
            row[0] += o["count"]
            row[1] += good * o["count"]
    return [(*key, n, good, good * key[1]) for key, (n, good) in by.items()]


def cost():
    # Means are whole ns, so the sum is known to as many ns as there were attempts. In the traces of the test each row has
    # the durations of all of its attempts, or of none.
    by = collections.defaultdict(lambda: [0, 0, 0])
    for r in reports.values():
        for o, good in attempts(r):
            if o["dur_mean_ns"] is not None:
                row = by[r["release"]]
                row[0] += o["count"]
                row[1] += o["dur_mean_ns"] * o["count"]
                row[2] += good * (r["page"] << o["order"]) * o["count"]
    return [(release, n, (ns, ns + n), size, (round(ns / 1000 * 1048576 / size, 1), round((ns + n) / 1000 * 1048576 / size + 0.1, 1)))
            for release, (n, ns, size) in by.items()]


def same(got, wanted):
    if isinstance(wanted, tuple):
        return got is not None and wanted[0] <= got <= wanted[1]
    return got == wanted


bad = False
answers = (machines, creep, vain, fill, pingpong, stalls, failures, losses, settings, requesters, cost)
for answer in answers:
    name = answer.__name__
    got, left = [tuple(row.values()) for row in rows(name)], answer()
    extra = []
    for row in got:
        match = next((w for w in left if len(w) == len(row) and all(map(same, row, w))), None)
        left.remove(match) if match else extra.append(row)
    good = got and not left and not extra
    print("ok" if good else "not ok", f"{name}: {len(got)} rows")
    for row in left[:3]:
        print(f"# not answered: {row}")
    for row in extra[:3]:
        print(f"# answered: {row}")
print("ok" if set(sql) == {a.__name__ for a in answers} else "not ok", "every question is compared")
