// What is on the screen as a file: text, a picture, or the facts as JSON.

import { report } from '../state/report.ts'
import { shownState } from '../state/select/moment.ts'
import type { State } from '../state/state.ts'
import type { DemoFault } from '../state/engine.ts'
import { plainText } from './row-text.ts'
import { frame } from './screen.ts'
import type { Deeds } from './stage.ts'
import { svgOf } from './svg.ts'
import type { Background } from './theme.ts'
import type { Screen } from './views/view.ts'

export interface ExportFormat {
  readonly title: string
  readonly explains: string
  readonly extension: 'txt' | 'svg' | 'json'
}

export const EXPORTS: readonly ExportFormat[] = [
  { title: 'text', explains: 'the screen as it is, without colours', extension: 'txt' },
  { title: 'SVG', explains: 'a picture of the screen, for a ticket or a report', extension: 'svg' },
  { title: 'JSON', explains: 'the status document of all clusters, as status --json prints it', extension: 'json' },
]

/** The content of the file. `live` is the state without a menu over it. */
export function exported(
  { extension }: ExportFormat,
  live: State,
  screen: Screen,
  faults: readonly DemoFault[],
  background: Background,
): string {
  switch (extension) {
    case 'txt':
      return `${plainText(frame(live, screen, faults))}\n`
    case 'svg':
      return svgOf(frame(live, screen, faults), background)
    case 'json': {
      const shown = shownState(live)
      return `${JSON.stringify(report(shown, shown.now), null, 2)}\n`
    }
  }
}

/** `pgdeck-20261122-143207.svg`, by the clock of the user. */
export function exportName({ extension }: ExportFormat, at: number): string {
  const time = new Date(at)
  const two = (number: number) => String(number).padStart(2, '0')
  const day = `${time.getFullYear()}${two(time.getMonth() + 1)}${two(time.getDate())}`
  return `pgdeck-${day}-${two(time.getHours())}${two(time.getMinutes())}${two(time.getSeconds())}.${extension}`
}

/** Writes what is on the screen in the format chosen, and tells where. The menu must be closed already. */
export function exportScreen({ store, engine, tell, screen, background }: Deeds, chosen: number): void {
  const format = EXPORTS[chosen]
  if (!format) return
  const state = store.latest()
  try {
    const content = exported(format, { ...state, notice: null }, screen(), engine.faults, background)
    tell('info', `exported: ${engine.save(exportName(format, shownState(state).now), content)}`)
  } catch (error) {
    tell('error', `not exported: ${error instanceof Error ? error.message : String(error)}`)
  }
}
