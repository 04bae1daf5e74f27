# What a plan must not do, whoever approves it. Change the two values below, add rules of your own.
#
#     pdactions plan --out plan.json
#     conftest test plan.json --policy examples/policy
#
# docs/plan.schema.json describes the input.
package main

import rego.v1

# Hosts that actions may call.
allowed_hosts := {"automation.example.com"}

# A plan that deletes more than this is not approved by a glance.
most_deletes := 3

is_plan if {
	input.kind == "pdactions-plan"
	input.version == 2
}

deny contains "this is not a plan saved by this version's `pdactions plan --out`" if not is_plan

# What is created or updated.
written contains change if {
	some change in input.changes
	change.kind in {"create", "update"}
}

# A variable in the host stands in the plan as it is written, so it is on no allowed host.
is_allowed(url) if {
	some host in allowed_hosts
	startswith(url, concat("", ["https://", host, "/"]))
}

deny contains msg if {
	some change in written
	not is_allowed(change.after.url)
	msg := sprintf("%s on %s: %s is on no allowed host", [change.after.label, change.service.name, change.after.url])
}

# An endpoint that anybody can call restarts servers for anybody. An update without headers keeps those that are there.
is_protected(change) if {
	some header in change.after.headers
	lower(header.name) == "authorization"
}

is_protected(change) if {
	change.kind == "update"
	change.after.headers == null
}

deny contains msg if {
	some change in written
	not is_protected(change)
	msg := sprintf("%s on %s: it sends no Authorization header", [change.after.label, change.service.name])
}

deny contains msg if {
	deletes := count([change | some change in input.changes; change.kind == "delete"])
	deletes > most_deletes
	msg := sprintf("%d actions are deleted, and at most %d may be", [deletes, most_deletes])
}

# The last slot of a service is worth a word.
warn contains msg if {
	some service in input.services
	created := count([change | some change in input.changes; change.kind == "create"; change.service.id == service.id])
	deleted := count([change | some change in input.changes; change.kind == "delete"; change.service.id == service.id])
	created > 0
	service.slotsUsed + created - deleted >= 3
	msg := sprintf("%s: no slot is left after this", [service.name])
}

warn contains msg if {
	some service in input.services
	some twin in service.lookAlikes
	msg := sprintf("%s: %s is created beside %s (%s)", [service.name, twin.label, twin.stored, twin.id])
}
