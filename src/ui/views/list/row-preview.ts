// What stands below a table where room is left: as much of the selected row's details as fits.

import type { Line } from '../../frame/format/line.ts'
import { type Section, sheet } from '../../frame/parts/field-list.ts'
import type { Scene } from './list-options.ts'

/** A pane's `below` that shows these sections. */
export function below<R>(sections: (row: R, scene: Scene) => readonly Section[]) {
  return (row: R, scene: Scene, room: number): readonly Line[] => {
    const { columns, glyphs } = scene.screen
    return sheet(sections(row, scene), columns, glyphs.ellipsis).slice(0, room)
  }
}
