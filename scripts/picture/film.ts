// A trace as a film: the screens of a tour, each with the time that it is to be read.

import type { State } from '../../src/state/state.ts'
import { replayTrace } from '../../src/state/trace/replay.ts'
import type { Trace } from '../../src/state/trace/trace-format.ts'
import { UNICODE_GLYPHS } from '../../src/ui/frame/format/glyphs.ts'
import type { Line } from '../../src/ui/frame/format/line.ts'
import { frame } from '../../src/ui/frame/screen.ts'

export interface Size {
  readonly columns: number
  readonly rows: number
}

export interface Shot {
  readonly lines: readonly Line[]
  readonly ms: number
}

/** How long a screen stays: while a name is typed, while something is awaited, at the end of a scene. */
const TYPED_MS = 140
const PASSING_MS = 400
const READ_MS = 1_500
const PER_LETTER_MS = 18
/** A wait shows that it is one, no longer. */
const MOST_PASSING = 6

interface Scene {
  readonly text: string
  readonly states: State[]
}

/** The film of a tour. Its times come from the captions, so that a slow machine makes the same film. */
export function filmOf(trace: Trace, size: Size): readonly Shot[] {
  return scenesOf(trace).flatMap(({ text, states }) => {
    const passing = states.slice(0, -1)
    const kept = passing.length > MOST_PASSING && !isTyping(states) ? thinned(passing) : passing
    const ms = isTyping(states) ? TYPED_MS : PASSING_MS
    return [
      ...kept.map((state) => ({ lines: linesOf(state, size), ms })),
      ...states.slice(-1).map((state) => ({ lines: linesOf(state, size), ms: READ_MS + text.length * PER_LETTER_MS })),
    ]
  })
}

/** The lines of the first state, or with `last` of the last one, for which the test is true. Throws an Error if there is none. */
export function stillOf(
  trace: Trace,
  size: Size,
  isIt: (state: State) => boolean,
  which: 'first' | 'last' = 'last',
): readonly Line[] {
  let found: State | null = null
  replayTrace(trace, {
    onPublished: (state) => {
      if (isIt(state) && (which === 'last' || found === null)) found = state
    },
  })
  if (found === null) throw new Error('the trace never shows it')
  return linesOf(withoutTour(found), size)
}

function withoutTour(state: State): State {
  return { ...state, tour: null, notice: null }
}

function linesOf(state: State, { columns, rows }: Size): readonly Line[] {
  return frame(state, { columns, rows, glyphs: UNICODE_GLYPHS }, [])
}

/** States of which each shows something new, by the caption above which they were shown. */
function scenesOf(trace: Trace): readonly Scene[] {
  const scenes: Scene[] = []
  let before = ''
  replayTrace(trace, {
    onPublished: (state) => {
      const text = state.tour?.text
      if (text === undefined) return
      const scene = scenes.at(-1)
      const isNew = scene?.text !== text
      const shown = newsOf(state)
      // Figures alone change all the time: the newest of them are shown, and no more often than anything else.
      if (isNew) scenes.push({ text, states: [state] })
      else if (shown !== before) scene.states.push(state)
      else scene.states.splice(-1, 1, state)
      before = shown
    },
  })
  return scenes
}

/** Everything that a viewer should notice; figures and ages are not in it. */
function newsOf({ navigation, action, diagnosis, clusters }: State): string {
  const current = action?.current
  const run = current && 'run' in current ? current.run : null
  return JSON.stringify([
    navigation,
    [current?.phase, current && 'text' in current ? current.text : null, action?.scroll],
    run?.steps.map(({ state }) => state),
    diagnosis && [diagnosis.findings.length > 0, diagnosis.verdict],
    clusters.map(({ picture, complete }) => [
      complete,
      picture?.health,
      picture?.serving,
      picture?.servers.map(({ status }) => status),
      picture?.databases.map(({ status, role }) => [status, role]),
    ]),
  ])
}

function isTyping(states: readonly State[]): boolean {
  return states.some(({ action }) => action?.current.phase === 'planned' && action.current.text !== '')
}

function thinned(states: readonly State[]): readonly State[] {
  const step = states.length / MOST_PASSING
  return Array.from({ length: MOST_PASSING }, (_, index) => states[Math.floor(index * step)]).filter(
    (state) => state !== undefined,
  )
}
