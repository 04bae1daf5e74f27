import type { EventFacts } from './record.ts';

/** An event in PagerDuty's common event format, as alerts and trigger entries carry it (fact 33). */
export function cefDetails(event: EventFacts, message: string, key: string): Record<string, unknown> {
  return {
    version: '1.0',
    dedup_key: key,
    description: message,
    message,
    severity: event.severity ?? 'critical',
    source_origin: event.source,
    source_component: event.component,
    source_location: null,
    service_group: event.group,
    event_class: event.class,
    details: event.details ?? {},
    contexts: [],
    suppressed: false,
  };
}
