// A recorder over a store of one database, whose polls a test makes.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { ClusterSpec } from '../../src/model/measured/spec.ts'
import { createRecorder, type Recorder, type RecorderOptions } from '../../src/runtime/recording/recorder.ts'
import { initialState } from '../../src/state/initial-state.ts'
import { createStore, type Store } from '../../src/state/store.ts'
import { aCluster, aFault, aPrimary, aPrimaryPulse, NOW } from '../builders/snapshot.ts'
import { patiently } from '../wait.ts'

export const RECORDED_CLUSTER = aCluster({ databases: [aPrimary()], servers: [] }).spec
const [DATABASE = ''] = RECORDED_CLUSTER.databases.map(({ id }) => id)
const OPTIONS = {
  version: '1',
  statements: false,
  keepMs: 86_400_000,
  maxBytes: 100 * 1024 ** 2,
  everyMs: 20,
  closeMs: patiently(3_000),
}

export interface OpenedRecorder {
  /** The state folder, and that of the recordings in it. */
  readonly folder: string
  readonly files: string
  readonly store: Store
  readonly recorder: Recorder
  readonly problems: string[]
  /** A poll at that time: what the database answers, or whether it does. */
  poll(at: number, answers?: boolean | Parameters<typeof aPrimaryPulse>[0]): void
}

export function openRecorded(
  t: TestContext,
  over: Partial<RecorderOptions> = {},
  cluster: ClusterSpec = RECORDED_CLUSTER,
): OpenedRecorder {
  const folder = over.stateFolder ?? mkdtempSync(join(tmpdir(), 'pgdeck-recorder-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  let now = NOW
  const problems: string[] = []
  const recorder = createRecorder({ ...OPTIONS, steady: () => now, stateFolder: folder, ...over })
  const initial = initialState({ clusters: [cluster], now: NOW, intervalMs: 2_000, records: true })
  const onEvent: Recorder['event'] = (event, at) => recorder.event(event, at)
  const store = createStore(initial, { clock: () => now, derives: 'when told', onEvent })
  recorder.start(store, (text) => void problems.push(text))
  t.after(() => recorder.close())
  return {
    folder,
    files: join(folder, 'recordings'),
    store,
    recorder,
    problems,
    poll(at, answers = true) {
      now = at
      const outcome = answers
        ? ({ ok: true, value: aPrimaryPulse(answers === true ? {} : answers) } as const)
        : ({ ok: false, fault: aFault('refused') } as const)
      store.dispatch({ type: 'database-probed', cluster: cluster.name, id: DATABASE, at, outcome })
      store.dispatch({ type: 'poll-ended', cluster: cluster.name, tookMs: 5 })
      store.dispatch({ type: 'derive-requested', at })
    },
  }
}

/** An outage from 60 s to 120 s, in a recording of twelve minutes: three segments. */
export function recordedOutage(t: TestContext): OpenedRecorder {
  const opened = openRecorded(t)
  for (let second = 0; second <= 720; second += 2) opened.poll(NOW + second * 1_000, second < 60 || second >= 120)
  return opened
}
