# SPDX-License-Identifier: GPL-2.0-only
# Counts the TAP of one file. Prints: ok, not ok, skipped, planned (-1: no plan; -2: it bailed out), whole file skipped.
# Reasons for skips go to the file `skips`, under `name`. A test of cmocka's cannot name its reason on
# the line itself: the diagnostic before it is the reason then.
function skip(what, why) {
	nskip++
	if (why == "" && diag != "")
		why = diag
	printf "  %s: %s%s\n", name, what, why == "" ? "" : ": " why > skips
}

/^1\.\.[0-9]+/ {
	if (match($0, /# *[Ss][Kk][Ii][Pp]/)) {
		what = substr($0, RSTART + RLENGTH)
		sub(/^[ :]+/, "", what)
		skip(what == "" ? "no reason given" : what, "")
		whole = 1
	}
	plan += substr($1, 4)
	planned = 1
	next
}

/^(not )?ok( |$)/ {
	line = $0
	if (match(line, /# *[Ss][Kk][Ii][Pp]/)) {
		what = substr(line, 1, RSTART - 1)
		why = substr(line, RSTART + RLENGTH)
		sub(/^(not )?ok *[0-9]* *-? */, "", what)
		sub(/ +$/, "", what)
		sub(/^[ :]+/, "", why)
		if (what == "") {
			what = why
			why = ""
		}
		skip(what, why)
	} else if (/^ok/) {
		nok++
	} else {
		nbad++
	}
	diag = ""
	next
}

/^Bail out!/ { bailed = 1 }

/^# / { diag = substr($0, 3) }

END { print nok + 0, nbad + 0, nskip - whole, bailed ? -2 : planned ? plan : -1, whole + 0 }
