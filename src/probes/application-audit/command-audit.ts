// Reads the audit of an application by a program on a host, which prints the newest entries.

import { hostByItsAccount } from '../../config/host.ts'
import { openHostConnection } from '../../io/hosts/host-connection.ts'
import type { ApplicationAuditReading } from '../../model/application-audit/entry.ts'
import { parseRecords, type RecordForm } from '../../model/application-audit/parse-records.ts'
import { redact } from '../../model/logs/redact.ts'
import type { AccessibleHost } from '../probe.ts'
import { auditFault, requireEntries } from './audit-fault.ts'
import { readClockAhead } from './host-clock.ts'

export interface CommandAuditRequest {
  readonly host: AccessibleHost
  readonly command: readonly string[]
  readonly form: RecordForm
}

const MOST_BYTES = 1024 * 1024
const NO_SUCH_PROGRAM = 127

/** Throws FaultError. */
export async function readCommandAudit(
  { host, command, form }: CommandAuditRequest,
  signal: AbortSignal,
): Promise<ApplicationAuditReading> {
  const connection = openHostConnection(hostByItsAccount(host.config), { ssh: host.ssh })
  const what = `${command[0]} on ${host.config.id}`
  try {
    const clock = await readClockAhead(connection, signal)
    const { exitCode, stdout, stderr } = await connection.run(command, { signal, maxBytes: MOST_BYTES })
    if (exitCode === NO_SUCH_PROGRAM) throw auditFault(`there is no program ${what}`, 'Check `audit.command`.')
    if (exitCode !== 0) {
      // Of a cut text a secret may not be recognized.
      const said = redact(stderr.trim()).slice(0, 200)
      const hint = 'Run it by hand as the user that pgdeck runs it as.'
      throw auditFault(`${what} exited with ${exitCode}${said === '' ? '' : `: ${said}`}`, hint)
    }
    const { entries, unreadable } = requireEntries(parseRecords(stdout, form), `the output of ${what}`)
    return { entries, isWhole: true, clockAheadMs: clock, unreadable, leftOut: false, position: null }
  } finally {
    await connection.close()
  }
}
