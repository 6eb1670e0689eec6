// What pg_auto_failover is asked, as the journal keeps it.

import { ActionError } from '../../../model/runs/action-error.ts'
import type { JsonRecord } from '../../../model/runs/plan.ts'
import * as arg from '../../definition/step-arguments.ts'

const requestForm = () =>
  arg.form({
    call: arg.oneOf('promotion', 'maintenance-on', 'maintenance-off', 'restart', 'rebuild', 'leave'),
    formation: arg.text(),
    /** Its name by the monitor. */
    node: arg.text(),
    nodeId: arg.number(),
    /** System identifier; the monitor must have the same. null: unknown. */
    system: arg.optionalText(),
    /** The node that was the primary; null: none. */
    old: arg.optionalText(),
    /** `restart`: id of the database, host, command, and the postmaster that is to end (milliseconds since the epoch). */
    database: arg.text(),
    /** Of `restart` and `rebuild`; `stop` of the latter is that of its keeper. */
    host: arg.optionalText(),
    stop: arg.texts(),
    startedAt: arg.optionalNumber(),
    /** `rebuild`: how its keeper is started, and pg_autoctl on its host with the words that switch to the owner of the data. */
    start: arg.texts(),
    prefix: arg.texts(),
    program: arg.text(),
    dataDirectory: arg.optionalText(),
    /** The words of `pg_autoctl create postgres`, without the monitor. */
    create: arg.texts(),
  })
export type MonitorRequest = arg.Of<typeof requestForm>

/** Reads a request of a plan or a journal. Throws ActionError. */
export function monitorRequest(request: JsonRecord): MonitorRequest {
  const read = requestForm().safeParse(request)
  if (read.success) return read.data
  throw new ActionError('the request to pg_auto_failover is of another version of pgdeck', 'Plan again.')
}
