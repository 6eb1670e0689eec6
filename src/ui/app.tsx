// The only component: subscribes to the store, listens to keys, draws the frame as one Text per line.

import { Box, Text, useApp, useInput, usePaste, useWindowSize } from 'ink'
import { memo, type ReactNode, useEffect, useSyncExternalStore } from 'react'
import type { DemoFault } from '../state/engine.ts'
import type { Store } from '../state/store.ts'
import type { Actor } from './actor.ts'
import type { Glyphs } from './format/glyphs.ts'
import type { Suspend } from './handover.ts'
import { keysOf } from './input.ts'
import { frame } from './screen.ts'
import type { Paint } from './theme.ts'

export interface AppProps {
  readonly store: Store
  readonly actor: Actor
  readonly faults: readonly DemoFault[]
  readonly glyphs: Glyphs
  readonly paint: Paint
  /** A new number draws every line anew. */
  readonly generation: number
  /** Is given what hands the terminal over and takes it again. */
  readonly onMounted: (suspend: Suspend) => void
}

export function App({ store, actor, faults, glyphs, paint, generation, onMounted }: AppProps): ReactNode {
  const { suspendTerminal } = useApp()
  useEffect(() => onMounted(suspendTerminal), [onMounted, suspendTerminal])
  const state = useSyncExternalStore(store.subscribe, store.published)
  const { columns, rows } = useWindowSize()
  useInput((input, key) => {
    for (const name of keysOf(input, key)) actor.press(name)
  })
  usePaste((text) => actor.paste(text))
  const lines = frame(state, { columns, rows, glyphs }, faults)
  return (
    <Box key={generation} flexDirection="column" width={columns} height={rows} overflow="hidden">
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line of a screen is what it is by its place
        <Row key={index} text={paint(line)} />
      ))}
    </Box>
  )
}

const Row = memo(function Row({ text }: { readonly text: string }): ReactNode {
  return <Text wrap="truncate">{text}</Text>
})
