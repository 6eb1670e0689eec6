// The only component: it subscribes to the store, listens to keys, and draws the frame as one text per line.

import { Box, useApp, useInput, usePaste, useWindowSize } from 'ink'
import { createElement, memo, type ReactNode, useEffect, useSyncExternalStore } from 'react'
import type { State } from '../state/state.ts'
import type { Store } from '../state/store.ts'
import type { KeyDispatcher } from './keys/dispatch/dispatch.ts'
import { keysFromInput } from './keys/input.ts'
import type { InkSuspend } from './terminal/foreground-program.ts'

export interface AppProps {
  /** The frames, and their changes. */
  readonly shown: Pick<Store, 'subscribe' | 'published'>
  readonly actor: KeyDispatcher
  /** The lines of the screen, as sent to the terminal. */
  readonly draw: (state: State, size: { readonly columns: number; readonly rows: number }) => readonly string[]
  /** A new number draws every line anew. */
  readonly generation: number
  /** Receives the functions that hand over the terminal and take it back. */
  readonly onMounted: (suspend: InkSuspend) => void
}

export function App({ shown, actor, draw, generation, onMounted }: AppProps): ReactNode {
  const { suspendTerminal } = useApp()
  useEffect(() => onMounted(suspendTerminal), [onMounted, suspendTerminal])
  const state = useSyncExternalStore(shown.subscribe, shown.published)
  const { columns, rows } = useWindowSize()
  useInput((input, key) => {
    for (const name of keysFromInput(input, key)) actor.press(name)
  })
  usePaste((text) => actor.paste(text))
  return (
    <Box key={generation} flexDirection="column" width={columns} height={rows} overflow="hidden">
      {draw(state, { columns, rows }).map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line of a screen is what it is by its place
        <Row key={index} text={line} />
      ))}
    </Box>
  )
}

const ONE_LINE = { flexGrow: 0, flexShrink: 1, flexDirection: 'row', textWrap: 'truncate' }

/**
 * The element that Ink's `Text` makes. `Text` itself gives each element a styling function, even without styles, and
 * Ink draws an element with such a function anew in every frame (docs/performance.md).
 */
const Row = memo(function Row({ text }: { readonly text: string }): ReactNode {
  return createElement('ink-text', { style: ONE_LINE }, text)
})
