// A cluster under a real Patroni of three members: its recorded answers beside databases that fit them.

import type { ManagerReport } from '../../src/model/measured/managers/manager-report.ts'
import type { DatabaseRecord } from '../../src/model/measured/snapshot.ts'
import { freshReading } from '../../src/model/values/reading.ts'
import { type RecordedState, recordedPatroni, reportAt } from '../recorded/patroni.ts'
import { aDatabase, aPrimaryPulse, aReceiver, aSender, aStandbyPulse, NOW } from './snapshot.ts'

export interface PatroniCase {
  readonly state?: RecordedState
  /** The member that is writable; null: none. */
  readonly primary?: keyof typeof MEMBERS | null
  /** Standbys that no longer receive. */
  readonly isCutOff?: boolean
  readonly change?: (report: ManagerReport) => ManagerReport
  /** How long ago the agents reached their store. */
  readonly seenAgoMs?: number
}

const MEMBERS = { n1: 23_131, n2: 23_132, n3: 23_133 } as const

export function patroniDatabases({
  state = recordedPatroni.plain,
  primary = 'n2',
  isCutOff = primary === null,
  change = (report) => report,
  seenAgoMs = 2_000,
}: PatroniCase) {
  return Object.entries(MEMBERS).map(([name, port]): DatabaseRecord => {
    const rest = `127.0.0.1:${port - 10_000}`
    const told = reportAt(state, name, rest)
    const systemIdentifier = told.systemIdentifier ?? ''
    const senders = Object.keys(MEMBERS).map((applicationName) => aSender({ applicationName }))
    const identity = { systemIdentifier, serverPort: port }
    const others = senders.filter(({ applicationName }) => applicationName !== name)
    const receiver = isCutOff || primary === null ? null : aReceiver({ senderPort: MEMBERS[primary] })
    const pulse =
      name === primary
        ? aPrimaryPulse({ ...identity, senders: others })
        : aStandbyPulse({ ...identity, standby: { receiver } })
    const report = change({ ...told, ...(told.agent && { agent: { ...told.agent, dcsSeenAt: NOW - seenAgoMs } }) })
    const manager = freshReading(
      { reports: [report], unresponsiveAgent: null, lastReport: null, traces: null },
      NOW - 500,
    )
    const record = aDatabase({ id: name, port, pulse })
    return { ...record, spec: { ...record.spec, patroni: `http://${rest}` }, manager }
  })
}
