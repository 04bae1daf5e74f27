package main

import rego.v1

checkout := {"id": "PCHKOUT", "name": "Checkout API"}

headers := [{"name": "Authorization", "value": "(write-only)"}]

good := {"kind": "create", "service": checkout, "after": {"action": "restart", "label": "Restart", "url": "https://automation.example.com/restart", "headers": headers}}

service := {"id": "PCHKOUT", "name": "Checkout API", "slotsUsed": 1, "lookAlikes": []}

plan_of(changes) := {"kind": "pdactions-plan", "version": 2, "changes": changes, "services": [service]}

changed(path, value) := json.patch(good, [{"op": "replace", "path": path, "value": value}])

test_good_plan if {
	count(deny) == 0 with input as plan_of([good])
	count(warn) == 0 with input as plan_of([good])
}

test_other_document if {
	count(deny) == 1 with input as {"command": "plan", "version": 1, "changes": [], "services": []}
}

test_other_host if {
	urls := {
		"https://elsewhere.example.com/x",
		"http://automation.example.com/x",
		"https://${HOST}/x",
		"https://automation.example.com.elsewhere.example.com/x",
	}
	every url in urls {
		count(deny) == 1 with input as plan_of([changed("/after/url", url)])
	}
}

test_no_header if {
	count(deny) == 1 with input as plan_of([changed("/after/headers", null)])
	count(deny) == 1 with input as plan_of([changed("/after/headers", [])])
}

test_update_that_keeps_its_headers if {
	update := object.union(changed("/after/headers", null), {"kind": "update"})
	count(deny) == 0 with input as plan_of([update])
}

test_many_deletes if {
	deletes := [{"kind": "delete", "service": checkout, "id": id} | some id in ["P1", "P2", "P3", "P4"]]
	count(deny) == 1 with input as plan_of(deletes)
	count(deny) == 0 with input as plan_of(array.slice(deletes, 0, 3))
}

test_last_slot if {
	count(warn) == 1 with input as plan_of([good, changed("/after/label", "Other")])
}

test_twin if {
	twin := {"id": "PX1", "stored": "restart", "label": "Restart"}
	alike := json.patch(plan_of([good]), [{"op": "add", "path": "/services/0/lookAlikes/0", "value": twin}])
	count(warn) == 1 with input as alike
}
