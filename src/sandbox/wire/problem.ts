/** The errors of the simulated API, with PagerDuty's codes (fact 27). */

/** Ends the handling of a request with an error answer in PagerDuty's envelope. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: number;
  readonly errors: readonly string[];
  /** Further members of `error`, for example `required_scopes` (fact 21). */
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(
    status: number,
    code: number,
    message: string,
    errors: readonly string[] = [],
    extra: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.errors = errors;
    this.extra = extra;
  }
}

export const invalidInput = (...errors: readonly string[]): ApiProblem =>
  new ApiProblem(400, 2001, 'Invalid Input Provided', errors);

export const badArguments = (...errors: readonly string[]): ApiProblem =>
  new ApiProblem(400, 2002, 'Arguments Caused Error', errors);

export const notFound = (): ApiProblem => new ApiProblem(404, 2100, 'Not Found');

export const accessDenied = (): ApiProblem => new ApiProblem(403, 2010, 'Access Denied');

export const missingAbility = (ability: string): ApiProblem =>
  new ApiProblem(402, 2014, 'Account Abilities Required', [`the ability ${ability} is required`]);
