// Exports the screen as a file: text, a picture, or the facts as JSON.

import { messageOf } from '../../../model/values/fault.ts'
import { safeJson } from '../../../model/values/text.ts'
import type { DemoFault } from '../../../state/controller.ts'
import { statusDocument } from '../../../state/documents/status-json.ts'
import { shownState } from '../../../state/select/shown-state.ts'
import type { State } from '../../../state/state.ts'
import { EXPORT_FORMATS, type ExportFormat, exportFileName } from '../../frame/export-formats.ts'
import type { Background } from '../../frame/format/theme.ts'
import { frame } from '../../frame/screen.ts'
import { svgDocument } from '../../frame/svg.ts'
import type { Viewport } from '../../views/list/view.ts'
import type { CommandContext } from '../bindings/command-context.ts'
import { plainText } from '../bindings/row-text.ts'

/** The content of the file. `live` is the state without a menu over it. */
function exportContent(
  { extension }: ExportFormat,
  live: State,
  screen: Viewport,
  faults: readonly DemoFault[],
  background: Background,
): string {
  switch (extension) {
    case 'txt':
      return `${plainText(frame(live, screen, faults))}\n`
    case 'svg':
      return svgDocument(frame(live, screen, faults), background)
    case 'json': {
      const shown = shownState(live)
      return `${safeJson(statusDocument(shown, shown.now), 2)}\n`
    }
  }
}

/** Writes the screen in the chosen format and reports the path. The menu must be closed already. */
export function exportScreen({ store, controller, notify, screen, background }: CommandContext, chosen: number): void {
  const format = EXPORT_FORMATS[chosen]
  if (!format) return
  const state = store.latest()
  try {
    const content = exportContent(format, { ...state, notice: null }, screen(), controller.faults, background())
    notify('info', `exported: ${controller.save(exportFileName(format, shownState(state).now), content)}`)
  } catch (error) {
    notify('error', `not exported: ${messageOf(error)}`)
  }
}
