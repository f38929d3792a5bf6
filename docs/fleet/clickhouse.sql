-- SPDX-License-Identifier: GPL-2.0-only
-- The traces of a fleet in ClickHouse. The project's tests run the questions of queries.sql, and not
-- these.
--
-- On each machine, or where its traces arrive; the name of the trace comes with each line:
--	mthptop script t.mthp -f jsonl | jq -c --arg trace "$(hostname)/t" '. + {trace: $trace}' |
--		clickhouse-client -q 'insert into mthptop_event format JSONEachRow'
--	mthptop report t.mthp --format json | jq -c --arg trace "$(hostname)/t" '{trace: $trace, host: .summary.host,
--		release: .summary.release, detail: .summary.detail, report: tojson}' |
--		clickhouse-client -q 'insert into mthptop_trace format JSONEachRow'
--
-- Keys of a line that the table does not have are skipped:
set input_format_skip_unknown_fields = 1;
set date_time_input_format = 'best_effort';

create table mthptop_event (
	trace LowCardinality(String), host LowCardinality(Nullable(String)), release LowCardinality(Nullable(String)),
	time Nullable(DateTime64(9, 'UTC')), at_ns Int64 codec(Delta, ZSTD), kind LowCardinality(String),
	requester LowCardinality(String), pid Nullable(UInt32), comm LowCardinality(Nullable(String)), cgroup Nullable(UInt64),
	mm Nullable(String), "order" UInt8, size_bytes UInt64, result LowCardinality(Nullable(String)),
	by LowCardinality(Nullable(String)), addr Nullable(String), dur_ns Nullable(UInt64), lock_ns Nullable(UInt64),
	stall_ns Nullable(UInt32), filled Nullable(UInt32)
) engine = MergeTree order by (kind, trace, at_ns);

-- The report of each trace: it has what events do not have (losses, settings, creep).
create table mthptop_trace (
	trace String, host Nullable(String), release Nullable(String), detail String, report String codec(ZSTD)
) engine = ReplacingMergeTree order by trace;

create view mthptop_attempt as
select e.*, e.result = 'succeeded' or
	(e.kind = 'collapse_file' and e.requester = 'madvise' and e.result = 'pte_mapped_hugepage') as good
from mthptop_event e any inner join mthptop_trace t using (trace)
where e.kind = 'collapse_file' or e.kind = if(t.detail in ('ranges', 'plans'), 'mthp_collapse', 'collapse');

-- fill: which services got memory that they had not asked for?
select comm, uniqExact(trace) as traces, sum(filled * bitShiftRight(size_bytes, "order")) as filled_bytes
from mthptop_attempt where good group by comm having filled_bytes > 0 order by filled_bytes desc;

-- failures: why do attempts fail, by kernel and size?
select release, size_bytes, result, count() as attempts, uniqExact(trace) as traces
from mthptop_attempt where not good group by release, size_bytes, result order by attempts desc;

-- stalls: for how long do attempts keep processes from their memory?
select trace, size_bytes, requester, count() as n, quantileExact(0.5)(stall_ns) as p50_ns, quantileExact(0.99)(stall_ns) as p99_ns,
	max(stall_ns) as max_ns
from mthptop_attempt where stall_ns is not null group by trace, size_bytes, requester order by p99_ns desc;

-- pingpong: who splits huge pages that are then collapsed again, within ten minutes?
select trace, split_by, requester as collapsed_by, count() as undone
from (
	select trace, kind, requester, at_ns, lagInFrame(kind) over w as kind_before, lagInFrame(by) over w as split_by,
		lagInFrame(at_ns) over w as ns_before
	from mthptop_event
	where addr is not null and (kind = 'split' or (kind = 'mthp_collapse' and result = 'succeeded' and "order" = 9))
	window w as (partition by trace, mm, addr order by at_ns rows between 1 preceding and current row)
)
where kind = 'mthp_collapse' and kind_before = 'split' and at_ns - ns_before <= 600000000000
group by trace, split_by, requester order by undone desc;

-- requesters: who collapses, to which sizes?
select requester, size_bytes, count() as attempts, countIf(good) as collapses, sumIf(size_bytes, good) as bytes
from mthptop_attempt group by requester, size_bytes order by bytes desc;

-- creep, vain: which machines creep, and how much of the work of a kernel is in vain?
select trace, release, JSONExtractInt(report, 'summary', 'creep_steps') as steps from mthptop_trace where steps > 0 order by steps desc;
select release, sum(JSONExtractInt(report, 'summary', 'failures')) as failures, sum(JSONExtractInt(report, 'summary', 'vain')) as vain
from mthptop_trace group by release order by vain desc;

-- losses: which machines have events that are not in these numbers?
select trace, JSONExtractString(l, 'name') as reason, JSONExtractUInt(l, 'count') as lost
from mthptop_trace array join JSONExtractArrayRaw(report, 'losses') as l where lost > 0 order by lost desc;

-- settings: the values that machines have
select JSONExtractString(s, 'name') as name, JSONExtractString(s, 'value') as value, count() as machines
from mthptop_trace array join JSONExtractArrayRaw(report, 'settings') as s group by name, value order by name, machines desc;
