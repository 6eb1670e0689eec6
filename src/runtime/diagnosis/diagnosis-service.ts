// Runs diagnoses for the screen, one at a time. It dispatches each finding to the store. A new one ends the previous
// one.

import type { ClusterConfig } from '../../config/config.ts'
import { snapshotOf } from '../../state/derive.ts'
import type { Store } from '../../state/store.ts'
import { openHostConnections } from '../hosts/host-connections.ts'
import { planDiagnosis } from './diagnosis.ts'

export interface DiagnosisService {
  /** Starts the diagnosis of a server or database. Does nothing if it is not watched. */
  begin(cluster: string, id: string): void
  /** Ends the running diagnosis. */
  close(): Promise<void>
}

export interface DiagnosisServiceOptions {
  readonly store: Store
  readonly clusters: () => readonly ClusterConfig[]
}

/** Nothing runs before `begin`. */
export function createDiagnosisService({ store, clusters }: DiagnosisServiceOptions): DiagnosisService {
  let runs = 0
  let abort = new AbortController()
  let work: Promise<void> = Promise.resolve()

  const begin = (name: string, id: string) => {
    const state = store.latest()
    const cluster = state.clusters.find(({ spec }) => spec.name === name)
    const config = clusters().find(({ spec }) => spec.name === name)
    if (!config || !cluster?.picture) return
    const hostConnections = openHostConnections(config.hosts)
    const own = new AbortController()
    const { picture } = cluster
    const plan = planDiagnosis(
      { config, snapshot: snapshotOf(state, cluster), picture, hostConnections, signal: own.signal },
      id,
    )
    if (!plan) return void hostConnections.close()
    abort.abort()
    abort = own
    const run = ++runs
    const { subject, checks } = plan
    store.dispatch({ type: 'diagnosis-begun', run, cluster: name, subject, checks, at: Date.now() })
    const done = plan
      .run((finding) => store.dispatch({ type: 'diagnosed', run, finding }))
      .then(({ verdict }) => {
        store.dispatch({ type: 'diagnosis-ended', run, verdict, at: Date.now() })
      })
    work = Promise.all([work, done.finally(() => hostConnections.close())]).then(() => {})
  }
  return {
    begin,
    close() {
      abort.abort()
      return work
    },
  }
}
