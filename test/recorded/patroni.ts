// Answers of a real Patroni in several states; where they come from is in the file itself.

import { readFileSync } from 'node:fs'
import type { ManagerReport } from '../../src/model/measured/managers/manager-report.ts'
import {
  agentDocument,
  agentOf,
  clusterDocument,
  historyDocument,
  memberOf,
  settingsDocument,
  switchoverOf,
} from '../../src/probes/database/managers/patroni-document.ts'
import { aFault } from '../builders/snapshot.ts'

export interface RecordedState {
  /** The answer of `/patroni` by member. */
  readonly patroni: Readonly<Record<string, unknown>>
  /** null: it closed the connection without an answer. */
  readonly cluster: unknown
  readonly config: unknown
  readonly history: unknown
}

type StateName = 'plain' | 'scheduled' | 'paused' | 'switched' | 'failsafe' | 'afterFailsafe' | 'dcsLost' | 'documented'

const file = new URL('./patroni.json', import.meta.url)

export const recordedPatroni: Readonly<Record<StateName, RecordedState>> = JSON.parse(readFileSync(file, 'utf8'))

/** What pgdeck reads of it at one member. */
export function reportAt(state: RecordedState, name: string, address = `127.0.0.1:${name}`): ManagerReport {
  const own = agentDocument.parse(state.patroni[name])
  const all = state.cluster === null ? null : clusterDocument.parse(state.cluster)
  return {
    kind: 'patroni',
    source: `Patroni at http://${address}`,
    scope: own.patroni.scope,
    systemIdentifier: own.database_system_identifier,
    paused: own.pause,
    members: (all?.members ?? []).map(memberOf),
    membersProblem: all === null ? aFault('protocol') : null,
    agent: agentOf(own, address),
    settings: state.config === null ? null : settingsDocument.parse(state.config),
    scheduledSwitchover: switchoverOf(all?.scheduled_switchover ?? null),
    lastEvent: state.history === null ? null : historyDocument.parse(state.history),
  }
}
