# Rejects plans that must not be applied, even with an approval. Change the two values below, and add your own rules.
#
#     pdactions plan --out plan.json
#     conftest test plan.json --policy examples/policy
#
# docs/plan.schema.json describes the input.
package main

import rego.v1

# Hosts that actions may call.
allowed_hosts := {"automation.example.com"}

# Refuses plans with more deletes.
most_deletes := 3

is_plan if {
	input.kind == "pdactions-plan"
	input.version == 2
}

deny contains "this is not a plan saved by this version's `pdactions plan --out`" if not is_plan

# The changes that create or update an action.
written contains change if {
	some change in input.changes
	change.kind in {"create", "update"}
}

# A plan shows a variable in a URL as `${NAME}`, so a host that contains one is never allowed.
is_allowed(url) if {
	some host in allowed_hosts
	startswith(url, concat("", ["https://", host, "/"]))
}

deny contains msg if {
	some change in written
	not is_allowed(change.after.url)
	msg := sprintf("%s on %s: the host of %s is not allowed", [change.after.label, change.service.name, change.after.url])
}

# Anyone can call an endpoint that checks no secret. An update without headers keeps the existing ones.
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
	msg := sprintf("the plan deletes %d actions; at most %d are allowed", [deletes, most_deletes])
}

# Warns if a plan uses the last slot of a service.
warn contains msg if {
	some service in input.services
	created := count([change | some change in input.changes; change.kind == "create"; change.service.id == service.id])
	deleted := count([change | some change in input.changes; change.kind == "delete"; change.service.id == service.id])
	created > 0
	service.slotsUsed + created - deleted >= 3
	msg := sprintf("%s: this plan uses the last slot", [service.name])
}

warn contains msg if {
	some service in input.services
	some twin in service.lookAlikes
	msg := sprintf("%s: the new %s looks like the existing %s (%s)", [service.name, twin.label, twin.stored, twin.id])
}
