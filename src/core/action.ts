/**
 * The nouns of the domain, as plain data. A "live" thing is what PagerDuty returned; a "spec" is what a config declares.
 */

/** A header that an action sends. On a live action the value is redacted (fact 14) and must never be used. */
export interface Header {
  readonly name: string;
  readonly value: string;
}

/** A declared header. `source` is the text before `${…}` was expanded: safe to digest, whereas `value` may be a secret. */
export interface HeaderSpec extends Header {
  readonly source: string;
}

/** The fingerprint that an action declares; `unsealed` if no key is available here to make or check it. Absent: none. */
export type Fingerprint = 'unsealed' | { readonly seal: string };

/** A place in a config file. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The fields of a service that a text can refer to. */
export type ServiceField = 'name' | 'id';

/** A text in its parts: literal text, and references to the service that carries the action. */
export type Template = readonly (string | { readonly service: ServiceField })[];

/** The parts of a definition that contain `${service.name}` or `${service.id}`, and so differ from service to service. */
export interface PerService {
  readonly label: Template;
  /** With the values of variables. */
  readonly url: Template;
  /** With variables as written; absent without any. */
  readonly urlSource?: Template | undefined;
  readonly renamedFrom: readonly Template[];
  readonly written: WrittenSpec;
  /**
   * Objections to the action as it is filled in for a service.
   * @param others the other labels declared for the service
   */
  objectTo(filled: ActionSpec, service: ServiceRef, others: readonly string[]): readonly Objection[];
}

/** A definition as the config writes it. */
export interface WrittenSpec {
  readonly label: string;
  readonly url: string;
}

/** The reason why a filled-in action is invalid on its service. */
export interface Objection {
  readonly field: 'label' | 'url';
  readonly message: string;
  readonly fix: string;
  /** The field's place in the config. */
  readonly place: Place;
}

/** A declared custom incident action: one definition, usable on many services. */
export interface ActionSpec {
  /** The key in the config's `actions`, or the label without a config. */
  readonly key: string;
  /** The button's text; PagerDuty's `name`. */
  readonly label: string;
  /** The endpoint, after expansion. */
  readonly url: string;
  /** The URL as the config writes it, if it differs. Only this form may be shown, because `url` may contain a secret. */
  readonly urlSource?: string | undefined;
  /**
   * All the headers it sends. `null`: the config does not mention headers, so PagerDuty's stay unchanged; they are write-only,
   * and a secret set by hand could not be restored.
   */
  readonly headers: readonly HeaderSpec[] | null;
  /** Labels that this action used to have, newest first. */
  readonly renamedFrom: readonly string[];
  /** The header that reveals changed header values, if the config asks for one. */
  readonly fingerprint?: Fingerprint | undefined;
  /** Set if the definition differs from service to service: then `label` and `url` are as written, and `filledFor` gives the action. */
  readonly perService?: PerService | undefined;
  /** Set on an action that was filled in for its service. */
  readonly written?: WrittenSpec | undefined;
  /** For people; PagerDuty's API has no such field (U3), so it is never sent. */
  readonly description?: string | undefined;
}

/** A PagerDuty service, reduced to the members used here. */
export interface Service {
  readonly id: string;
  readonly name: string;
  readonly teamIds: readonly string[];
  /** Its page in PagerDuty's web UI; contains the account's subdomain (fact 18). */
  readonly htmlUrl: string | null;
}

/** The service that something happens on. */
export type ServiceRef = Pick<Service, 'id' | 'name'>;

/** The place of an action on no service (fact 58). Its id is invalid, so no request is ever sent about it. */
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
   * Its services. One by rule (fact 12); an action with none or several is read, shown and counted, but never
   * written (U1).
   */
  readonly services: readonly { readonly id: string; readonly name: string | null }[];
  /** Names in the order returned; empty for none, `null` only if the answer had no `config` (fact 14). */
  readonly headerNames: readonly string[] | null;
  /** `null` if the answer did not include it (fact 9). */
  readonly disabled: boolean | null;
  /** True if PagerDuty's description does not list the object's type: it takes a slot, is shown, and is never written. */
  readonly foreign?: boolean | undefined;
  /** The unreadable part of the record; absent if healthy. The action takes a slot, is shown, and is never written (F50). */
  readonly unreadable?: string | undefined;
  readonly htmlUrl: string | null;
}

/** True if the action may be written: of a known type, readable, and on exactly one service (U1). */
export function isWritable({ services, foreign, unreadable }: LiveAction): boolean {
  return services.length === 1 && foreign !== true && unreadable === undefined;
}

/** True if the action is readable and on no service: it can be deleted by id, and nothing else. */
export function isOrphan({ services, foreign, unreadable }: LiveAction): boolean {
  return services.length === 0 && foreign !== true && unreadable === undefined;
}

/** The number of custom incident actions that a service can carry (fact 13). */
export const SLOTS_PER_SERVICE = 3;
