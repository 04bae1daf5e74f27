/** The outcome of a run; only `main.ts` maps it to an exit code. */
export type Verdict =
  | 'ok'
  | 'pending'
  | 'usage'
  | 'config'
  | 'auth'
  | 'partial'
  | 'remote'
  | 'refused'
  | 'local-io'
  | 'bug'
  | 'declined'
  | 'cancelled';
