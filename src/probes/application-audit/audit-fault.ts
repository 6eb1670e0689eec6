// Why the audit of an application can't be read: one code, what is wrong, and what to do next.

import type { ParsedRecords } from '../../model/application-audit/parse-records.ts'
import { redact } from '../../model/logs/redact.ts'
import { FaultError } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'

export function auditFault(why: string, hint: string): FaultError {
  return new FaultError({ code: 'protocol', message: clean(redact(why)), hint })
}

/** Returns what was parsed. Throws FaultError if nothing of it is an entry, because then the form is not that of the source. */
export function requireEntries(parsed: ParsedRecords, source: string): ParsedRecords {
  if (parsed.entries.length > 0 || parsed.problem === null) return parsed
  const hint = /time zone/.test(parsed.problem)
    ? 'Set `audit.timeZone` of the server in the config.'
    : 'Check `audit.fields`, `audit.columns` or `audit.pattern` of the server in the config.'
  throw auditFault(`no line of ${source} is an entry; of the first one ${parsed.problem}`, hint)
}
