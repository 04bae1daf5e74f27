import { ID_PATTERN } from '../../core/selector.ts';
import { UsageError } from '../../errors.ts';

/** The id, for a path, which must contain nothing else (T19). @throws UsageError for anything else */
export function checkedId(id: string, hint?: string): string {
  if (ID_PATTERN.test(id)) return id;
  throw new UsageError(
    'that is not a PagerDuty id: capital letters and digits only, for example PIJ90N7',
    hint === undefined ? {} : { hint },
  );
}
