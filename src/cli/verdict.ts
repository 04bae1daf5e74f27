/** The end of a run, in words; `main.ts` alone knows the numbers. */
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
