-- SPDX-License-Identifier: GPL-2.0-only
-- Questions about many machines, for a database that `load` made: sqlite3 -box fleet.db <queries.sql
-- A line `-- name: NAME` begins each question, and ../../analyzer/tests/e2e/queries.t compares the answers with those of
-- `mthptop report`.

-- The attempts as reports count them. From detail level ranges on, mthp_collapse is the event of an attempt, and
-- `collapse` repeats it. MADV_COLLAPSE of a file ends a success with pte_mapped_hugepage.
create temp view attempt as
select t.host, t.release, t.page_bytes, t.pmd_bytes, e.*, e.rowid as id,
	e.result = 'succeeded' or
	(e.kind = 'collapse_file' and e.requester = 'madvise' and e.result = 'pte_mapped_hugepage') as good
from event e join trace t using (trace)
where e.kind in ('collapse_file', iif(t.detail in ('ranges', 'plans'), 'mthp_collapse', 'collapse'));

-- name: machines
-- Where to look first: each machine, its verdict, and the share of its attempts that succeeded.
select t.host, t.release, t.report->>'$.summary.verdict' as verdict, count(a.trace) as attempts,
	sum(a.good) as collapses, round(100.0 * sum(a.good) / count(a.trace), 1) as percent
from trace t left join attempt a using (trace)
group by t.trace
order by percent is null, percent, attempts desc, t.host;

-- name: creep
-- Which machines creep? Null: the kernel does not report it.
select host, release, report->>'$.summary.creep_steps' as steps, report->>'$.summary.creep_filled_bytes' as filled_bytes
from trace
where steps > 0
order by filled_bytes desc, host;

-- name: vain
-- How much of the work is in vain, by kernel? `repeated` needs events only: attempts that ended as the one before
-- at the same block; null if no failure has an address. The report also asks whether the range had changed.
with at_block as (
	select release, iif(good, null, result is
		lag(result) over (partition by trace, mm, addr, size_bytes order by at_ns, id)) as again
	from attempt
	where addr is not null
), repeated as (
	select release, sum(again) as n from at_block group by release
)
select t.release, count(*) as machines, sum(t.report->>'$.summary.failures') as failures,
	sum(t.report->>'$.summary.vain') as vain, r.n as repeated
from trace t left join repeated r on r.release is t.release
group by t.release
order by vain desc, failures desc, t.release;

-- name: fill
-- Which services got memory that they had not asked for?
select comm, count(distinct host) as machines, sum(filled * page_bytes) as filled_bytes, sum(filled is null) as unknown
from attempt
where good
group by comm
having filled_bytes > 0
order by filled_bytes desc, comm;

-- name: pingpong
-- Who splits huge pages that are then collapsed again, within ten minutes?
with history as (
	select e.trace, e.kind, e.at_ns, e.requester,
		lag(e.kind) over before as kind_before, lag(e.split_by) over before as split_by, lag(e.at_ns) over before as ns_before
	from event e join trace t using (trace)
	where e.addr is not null and (e.kind = 'split' or
		(e.kind = 'mthp_collapse' and e.result = 'succeeded' and e.size_bytes = t.pmd_bytes))
	window before as (partition by e.trace, e.mm, e.addr order by e.at_ns, e.rowid)
)
select t.host, h.split_by, h.requester as collapsed_by, count(*) as undone
from history h join trace t using (trace)
where h.kind = 'mthp_collapse' and h.kind_before = 'split' and h.at_ns - h.ns_before <= 600000000000
group by t.trace, h.split_by, h.requester
order by undone desc, t.host, h.split_by, h.requester;

-- name: stalls
-- For how long do attempts keep processes from their memory?
with ranked as (
	select trace, host, release, size_bytes, requester, stall_ns,
		row_number() over (partition by trace, size_bytes, requester order by stall_ns) as rank,
		count(*) over (partition by trace, size_bytes, requester) as n
	from attempt
	where stall_ns is not null
)
select host, release, size_bytes, requester, n, min(iif(rank * 2 >= n, stall_ns, null)) as p50_ns,
	min(iif(rank * 100 >= n * 99, stall_ns, null)) as p99_ns, max(stall_ns) as max_ns
from ranked
group by trace, size_bytes, requester
order by p99_ns desc, host, size_bytes, requester;

-- name: failures
-- Why do attempts fail, by kernel and size?
select release, size_bytes, result, count(*) as attempts, count(distinct host) as machines
from attempt
where not good
group by release, size_bytes, result
order by attempts desc, release, size_bytes, result;

-- name: losses
-- Which machines have events that are not in these numbers?
select t.host, l.value->>'name' as reason, l.value->>'count' as lost
from trace t, json_each(t.report, '$.losses') l
where lost > 0
order by lost desc, t.host, reason;

-- name: settings
-- Which machines have another setting than most have? A setting that a kernel does not have is null, and left out.
with setting as (
	select t.host, s.value->>'name' as name, s.value->>'value' as value
	from trace t, json_each(t.report, '$.settings') s
), counted as (
	select name, value, count(*) as machines from setting where value is not null group by name, value
), most as (
	select name, value, row_number() over (partition by name order by machines desc, value) as rank from counted
)
select s.name, s.value, count(*) as machines, most.value as most_have, min(s.host) as for_example
from setting s join most using (name)
where most.rank = 1 and s.value <> most.value
group by s.name, s.value
order by machines desc, s.name, s.value;

-- name: requesters
-- Who collapses, to which sizes?
select requester, size_bytes, count(*) as attempts, sum(good) as collapses, sum(good * size_bytes) as bytes
from attempt
group by requester, size_bytes
order by bytes desc, requester, size_bytes;

-- name: cost
-- What does a collapsed MiB cost, by kernel? Attempts of unknown duration are left out.
select release, count(*) as attempts, sum(dur_ns) as ns, sum(good * size_bytes) as bytes,
	round(sum(dur_ns) / 1000.0 * 1048576 / nullif(sum(good * size_bytes), 0), 1) as us_per_mib
from attempt
where dur_ns is not null
group by release
order by us_per_mib desc, release;
