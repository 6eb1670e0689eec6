// The screen over a recording alone: nothing is polled, and nothing can be done.

import { basename } from 'node:path'
import { writeNewFile } from '../../io/files/exclusive-file.ts'
import { folderOfNewFiles } from '../../io/process/working-folder.ts'
import { RecordingFileError } from '../../io/recording/recording-thread.ts'
import type { ClusterSpec } from '../../model/measured/spec.ts'
import { clean } from '../../model/values/text.ts'
import { createPlayer, type Player } from '../../runtime/recording/player.ts'
import { openRecordings, type RecordingIndex, type Recordings } from '../../runtime/recording/recordings.ts'
import type { Controller } from '../../state/controller.ts'
import { initialState } from '../../state/initial-state.ts'
import { createStore, type Store } from '../../state/store.ts'
import { CommandError } from '../invocation/exit-codes.ts'
import type { RecordedTime } from '../invocation/shared-options.ts'
import { type ShowScreenOptions, showScreen } from './screen.ts'

export interface PlaybackOptions extends Pick<ShowScreenOptions, 'press' | 'select' | 'screenReader'> {
  /** Path of the recording. */
  readonly from: string
  /** The time to show first; absent: the end. */
  readonly at?: RecordedTime | undefined
}

/** Ages and notices follow the clock. */
const TICK_MS = 1_000

/** Shows a recording. Resolves to the exit code. Throws CommandError for a file that can't be shown. */
export async function playRecording({ from, at, ...screen }: PlaybackOptions): Promise<number> {
  const recordings = openRecordings({ file: from })
  let timer: NodeJS.Timeout | undefined
  try {
    const { index, store, player } = await opened(recordings, from)
    const last = Math.max(...index.segments.map(({ ended }) => ended))
    const problem = await player.show({ at: at?.(last) ?? last })
    if (problem !== null) throw new CommandError(`--from ${from}: ${problem}`)
    timer = setInterval(() => store.dispatch({ type: 'ticked', at: Date.now() }), TICK_MS)
    return await showScreen({ ...screen, session: playbackSession(store, player) })
  } finally {
    clearInterval(timer)
    await recordings.close()
  }
}

async function opened(recordings: Recordings, from: string) {
  try {
    const index = await recordings.index()
    if (index.segments.length === 0) throw new RecordingFileError('EINVAL', 'nothing is recorded in it')
    const clusters = await specsOf(recordings, index)
    const store = createStore(initialState({ clusters, now: Date.now(), records: false, readOnly: true }))
    store.dispatch({ type: 'audit-read', entries: await recordings.audit() })
    store.dispatch({ type: 'audit-checked', check: { state: 'copied' } })
    const player = createPlayer({ store, recordings, file: clean(basename(from)) })
    return { index, store, player }
  } catch (error) {
    throw new CommandError(`--from ${from}: ${clean((error as Error).message)}`, { cause: error })
  }
}

/** Of every cluster in it, as the last part that has it says. */
async function specsOf(recordings: Recordings, { segments }: RecordingIndex): Promise<readonly ClusterSpec[]> {
  const found = new Map<string, ClusterSpec>()
  for (const place of segments.toSorted((one, other) => other.ended - one.ended)) {
    if (place.clusters.every((name) => found.has(name))) continue
    const { start } = await recordings.read(place)
    for (const { spec } of start.clusters) if (!found.has(spec.name)) found.set(spec.name, spec)
  }
  return [...found.values()].toSorted((one, other) => (one.name < other.name ? -1 : 1))
}

const REASON = 'this is a recording: nothing can be done to it'

/** What the screen asks of engines: there are none. The keys that would ask say so themselves. */
function playbackSession(store: Store, player: Player): ShowScreenOptions['session'] {
  const refuse = () => Promise.reject(new Error(REASON))
  const nothing = () => {}
  const show: Controller['showRecorded'] = async (step) => {
    const text = await player.show(step)
    if (text !== null) store.dispatch({ type: 'notified', notice: { at: Date.now(), severity: 'warning', text } })
  }
  const acts = { plan: nothing, start: nothing, resume: nothing, decide: nothing, stop: nothing }
  return {
    store,
    run: nothing,
    controller: (ends) => ({
      actions: { ...acts, confirmManualStep: nothing, skipManualStep: nothing },
      pollNow: nothing,
      setInterval: nothing,
      setActiveQueries: nothing,
      setPaused: nothing,
      rename: refuse,
      silence: refuse,
      unsilence: refuse,
      followTrail: nothing,
      save: (name, text) => writeNewFile(folderOfNewFiles(), name, text),
      collectLogs: refuse,
      diagnose: nothing,
      psql: () => ({ reason: REASON }),
      edit: () => ({ reason: REASON }),
      showRecorded: (step) => void show(step),
      faults: [],
      ...ends,
    }),
  }
}
