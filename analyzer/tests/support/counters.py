# SPDX-License-Identifier: GPL-2.0-only
"""counters.py BEFORE AFTER RECORDING: compares what the counters of an exporter rose by with the sums of a recording of the same time.

BEFORE and AFTER are texts of Prometheus, RECORDING is the JSON of a report. Prints TAP without numbers: a line for each
family, with what differs. Every series is compared, by all of its labels; a family that one of them has and the other
has not differs, too.
"""
import collections
import json
import re
import sys


def read(path):
    series = {}
    for line in open(path, encoding="utf-8"):
        m = re.fullmatch(r'(\w+)(?:\{(.*)\})? (\S+)\n', line)
        if m:
            labels = tuple(sorted(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', m[2] or "")))
            series[m[1], labels] = float(m[3])
    return series


before, after = read(sys.argv[1]), read(sys.argv[2])
r = json.load(open(sys.argv[3], encoding="utf-8"))
s = r["summary"]
ranges = s["detail"] in ("ranges", "plans")
NAME = {True: ("mthp_scan", "mthp_collapse"), False: ("scan_pmd", "collapse")}[ranges]


def bytes_of(order):
    return str(s["page_size_bytes"] << order)


def rose(family):
    """What each series of a family rose by, if it did."""
    return {labels: n for labels, n in ((labels, value - before.get((name, labels), 0))
                                        for (name, labels), value in after.items() if name == family) if n}


def series(**labels):
    return tuple(sorted(labels.items()))


wanted = collections.defaultdict(lambda: collections.defaultdict(int))
for o in r["outcomes"]:
    by = {"requester": o["requester"], "result": o["result"]}
    size = bytes_of(o["order"])
    if o["kind"] in (NAME[0], "scan_file"):
        wanted["mthptop_scans_total"][series(**by)] += o["count"]
    elif o["kind"] in (NAME[1], "collapse_file"):
        wanted["mthptop_collapses_total"][series(**by, size=size)] += o["count"]
        if o["result"] == "succeeded" or (o["kind"] == "collapse_file" and o["requester"] == "madvise" and
                                          o["result"] == "pte_mapped_hugepage"):
            wanted["mthptop_collapsed_bytes_total"][series(requester=o["requester"], size=size)] += o["count"] * int(size)
            wanted["mthptop_filled_bytes_total"][series(requester=o["requester"], size=size)] += o["filled_bytes"] or 0
for o in r["orders"]:
    wanted["unknown"][bytes_of(o["order"])] += o["filled_unknown"]
for d in r["durations"]:
    wanted["mthptop_collapse_duration_seconds_count"][series(size=bytes_of(d["order"]))] += d["count"]
for d in r["stalls"] or []:
    wanted["mthptop_collapse_stall_seconds_count"][series(size=bytes_of(d["order"]))] += d["count"]
for o in r["occupancy"]:
    wanted["mthptop_block_occupancy_ratio_count"][series(size=bytes_of(o["order"]))] += o["complete"]
    wanted["mthptop_censored_samples_total"][series(size=bytes_of(o["order"]))] += o["censored"]
for v in r["vain"] or []:
    wanted["mthptop_vain_attempts_total"][series(size=bytes_of(v["order"]), result=v["result"])] += v["vain"]
for v in r["splits"] or []:
    wanted["mthptop_splits_total"][series(by=v["by"])] += v["splits"]
    for q in ("khugepaged", "madvise", "damon"):
        wanted["mthptop_pingpong_total"][series(**{"from": v["by"], "to": q})] += v[q]
for v in r["losses"]:
    wanted["mthptop_losses_total"][series(reason=v["name"])] += v["count"]
wanted["mthptop_creep_steps_total"][()] = s["creep_steps"] or 0
wanted["mthptop_creep_filled_bytes_total"][()] = s["creep_filled_bytes"] or 0

# By size, whoever asked: the report has no more.
unknown = collections.Counter()
for labels, n in rose("mthptop_filled_unknown_total").items():
    unknown[dict(labels)["size"]] += n


def compare(name, got, want):
    want = {k: n for k, n in want.items() if n}
    print("ok" if got == want else "not ok", f"{name}: {len(got)} series, {sum(got.values()):.0f}")
    for k in sorted(set(got) | set(want)):
        if got.get(k) != want.get(k):
            print(f"# {k}: exported {got.get(k)}, recorded {want.get(k)}")


for family in sorted(f for f in wanted if f != "unknown"):
    compare(family, rose(family), wanted[family])
compare("mthptop_filled_unknown_total", dict(unknown), wanted["unknown"])
for what, procs in (("collapsed", "collapsed_bytes"), ("filled", "filled_bytes")):
    compare(f"mthptop_cgroup_{what}_bytes_total", {"all": sum(rose(f"mthptop_cgroup_{what}_bytes_total").values())} if
            rose(f"mthptop_cgroup_{what}_bytes_total") else {}, {"all": sum(p[procs] or 0 for p in r["processes"])})
