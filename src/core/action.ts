/**
 * The nouns of the domain, as plain data. A "live" thing is what PagerDuty returned; a "spec" is what somebody wants.
 */

/** A header that an action sends. On a live action the value is redacted (fact 14) and must never be used. */
export interface Header {
  readonly name: string;
  readonly value: string;
}

/** A header as wanted. `source` is the text before `${…}` was expanded: safe to digest, where `value` may be a secret. */
export interface HeaderSpec extends Header {
  readonly source: string;
}

/**
 * What an action wants of fingerprints: `unsealed` when it wants one, and there is no key here to make or check it. Absent: none.
 */
export type Fingerprint = 'unsealed' | { readonly seal: string };

/** Where something is written. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What of a service a text can name. */
export type ServiceField = 'name' | 'id';

/** A text in its parts: literal text, and references to the service that carries the action. */
export type Template = readonly (string | { readonly service: ServiceField })[];

/** The parts of a definition that differ from service to service, because they hold `${service.name}` or `${service.id}`. */
export interface PerService {
  readonly label: Template;
  /** With the values of variables. */
  readonly url: Template;
  /** With variables as written; absent when there are none. */
  readonly urlSource?: Template | undefined;
  readonly renamedFrom: readonly Template[];
  readonly written: WrittenSpec;
  /**
   * What speaks against the action as it is filled in for a service.
   * @param others the labels that the service is to carry besides
   */
  objectTo(filled: ActionSpec, service: ServiceRef, others: readonly string[]): readonly Objection[];
}

/** A definition as the config writes it. */
export interface WrittenSpec {
  readonly label: string;
  readonly url: string;
}

/** Why a filled-in action cannot be on its service. */
export interface Objection {
  readonly field: 'label' | 'url';
  readonly message: string;
  readonly fix: string;
  /** Where the field is written. */
  readonly place: Place;
}

/** A custom incident action as somebody wants it: one definition, usable on many services. */
export interface ActionSpec {
  /** The key in the config's `actions`, or the label where there is no config. */
  readonly key: string;
  /** The button's text; PagerDuty's `name`. */
  readonly label: string;
  /** The endpoint, after expansion. */
  readonly url: string;
  /** The URL as the config writes it, when it differs: the only form that may be shown, where `url` may hold a secret. */
  readonly urlSource?: string | undefined;
  /**
   * All the headers it sends. `null`: headers are not mentioned, so whatever PagerDuty has stays as it is; they are write-only,
   * and a secret that somebody set by hand could not be restored.
   */
  readonly headers: readonly HeaderSpec[] | null;
  /** Labels that this action used to have, newest first. */
  readonly renamedFrom: readonly string[];
  /** Whether a header is sent along that tells when header values have changed; absent: none is. */
  readonly fingerprint?: Fingerprint | undefined;
  /** Set where the definition differs from service to service: then `label` and `url` are as written, and `filledFor` gives the action. */
  readonly perService?: PerService | undefined;
  /** Set on an action that was filled in for its service. */
  readonly written?: WrittenSpec | undefined;
  /** For people; PagerDuty's API has no such field (U3), so it is never sent. */
  readonly description?: string | undefined;
}

/** A PagerDuty service, cut to what is used here. */
export interface Service {
  readonly id: string;
  readonly name: string;
  readonly teamIds: readonly string[];
  /** Where a person sees it; also tells the account's subdomain (fact 18). */
  readonly htmlUrl: string | null;
}

/** The service that something happens on. */
export type ServiceRef = Pick<Service, 'id' | 'name'>;

/** Stands for the place of an action that is on no service (fact 58). Its id is no id, so nothing is ever asked of PagerDuty about it. */
export const NO_SERVICE: Service = { id: '', name: '(no service)', teamIds: [], htmlUrl: null };

/** A PagerDuty team. */
export interface Team {
  readonly id: string;
  readonly name: string;
}

/** A custom incident action as PagerDuty has it. */
export interface LiveAction {
  readonly id: string;
  readonly label: string;
  readonly url: string | null;
  /**
   * The services it stands on. One by rule (fact 12); an action with none or several is read, shown and counted, and never
   * written (U1).
   */
  readonly services: readonly { readonly id: string; readonly name: string | null }[];
  /** Names in the order returned; empty for none, `null` only when the answer had no `config` (fact 14). */
  readonly headerNames: readonly string[] | null;
  /** `null` when the answer did not say (fact 9). */
  readonly disabled: boolean | null;
  /** True when the object is of a type that nobody has described: it takes a slot, is shown, and is never written. */
  readonly foreign?: boolean | undefined;
  /** What of the record could not be read; absent for a healthy one. It takes a slot, is shown, and is never written (F50). */
  readonly unreadable?: string | undefined;
  readonly htmlUrl: string | null;
}

/** Whether an action may be written: of a known type, readable, and on exactly one service (U1). */
export function isWritable({ services, foreign, unreadable }: LiveAction): boolean {
  return services.length === 1 && foreign !== true && unreadable === undefined;
}

/** Whether it is readable and on no service: it can be deleted by id, and nothing else. */
export function isOrphan({ services, foreign, unreadable }: LiveAction): boolean {
  return services.length === 0 && foreign !== true && unreadable === undefined;
}

/** How many custom incident actions a service can carry (fact 13). */
export const SLOTS_PER_SERVICE = 3;
