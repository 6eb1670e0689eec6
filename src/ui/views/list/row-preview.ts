// What stands below a table where room is left: as much of the selected row's details as fits.

import type { Line } from '../../frame/format/line.ts'
import { type DetailSection, fieldListLines } from '../../frame/parts/field-list.ts'
import type { ListContext } from './list-options.ts'

/** A pane's `rowPreview` that shows these sections. */
export function rowPreview<R>(sections: (row: R, scene: ListContext) => readonly DetailSection[]) {
  return (row: R, scene: ListContext, room: number): readonly Line[] => {
    const { columns, glyphs } = scene.screen
    return fieldListLines(sections(row, scene), columns, glyphs.ellipsis).slice(0, room)
  }
}
