// The store of a watching program, whose events go to its trace and its recording too.

import { messageOf } from '../../model/values/fault.ts'
import type { Recorder } from '../../runtime/recording/recorder.ts'
import type { TraceRecorder } from '../../runtime/trace/trace-recorder.ts'
import type { Event } from '../../state/event.ts'
import { type InitialStateOptions, initialState } from '../../state/initial-state.ts'
import { createStore, type Store } from '../../state/store.ts'

/** A store whose events go to the trace and the recording too. The outcome of the trace is a notice. */
export function listenedStore(
  initial: InitialStateOptions,
  trace: TraceRecorder | undefined,
  recorder: Recorder | undefined,
): Store {
  const listeners = [trace, recorder].flatMap((each) => each ?? [])
  const onEvent = (event: Event, at: number) => {
    for (const listener of listeners) listener.event(event, at)
  }
  const store = createStore(initialState(initial), listeners.length > 0 ? { onEvent } : {})
  trace?.start(initial, (text) => warn(store, text))
  return store
}

function warn(store: Store, text: string): void {
  store.dispatch({ type: 'notified', notice: { at: Date.now(), severity: 'warning', text } })
}

/** What can't be recorded is watched all the same. */
export function startRecorder(recorder: Recorder, store: Store): void {
  try {
    recorder.start(store, (text) => warn(store, text))
  } catch (error) {
    warn(store, `nothing is recorded: ${messageOf(error)}`)
  }
}
