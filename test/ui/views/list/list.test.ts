// What every list view has without saying it: order, filter, selection, its room, and only the rows in sight laid out.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ClusterState, State } from '../../../../src/state/state.ts'
import { UNICODE_GLYPHS } from '../../../../src/ui/frame/format/glyphs.ts'
import { span } from '../../../../src/ui/frame/format/line.ts'
import { figureColumn, textColumn } from '../../../../src/ui/frame/parts/table.ts'
import { listPane, listView } from '../../../../src/ui/views/list/list.ts'
import type { ViewRow } from '../../../../src/ui/views/list/view.ts'
import { healthy } from '../../../builders/screens.ts'

interface Thing extends ViewRow {
  readonly size: number | null
}

const things: readonly Thing[] = Array.from({ length: 5_000 }, (_, index) => ({
  id: `thing-${index}`,
  subject: null,
  size: index === 7 ? null : (index * 37) % 5_000,
}))
let laidOut = 0
let made = 0

const view = listView({
  id: 'things',
  key: '9',
  title: 'things',
  needs: [],
  guide: [],
  summary: () => Array.from({ length: 30 }, () => [span('a line that says something')]),
  panes: [
    listPane<Thing>({
      name: 'all',
      rowNoun: 'things',
      columns: [
        { ...textColumn('thing', 'THING', 0, 10, 20), cell: ({ id }) => span(id), order: ({ id }) => id },
        {
          ...figureColumn('size', 'SIZE', 1, 5),
          cell({ size }) {
            laidOut += 1
            return span(String(size))
          },
          order: ({ size }) => size,
          greatestFirst: true,
        },
        { ...textColumn('mute', 'MUTE', 2, 4, 4), cell: () => span('x') },
      ],
      rows() {
        made += 1
        return things
      },
      search: ({ id }) => [id],
      empty: () => 'there is no thing',
      sections: ({ id }) => [{ title: id, age: '', fields: [[span('all of it')]] }],
      goneText: 'this thing is gone',
    }),
    listPane<Thing>({ name: 'none', rowNoun: 'things', columns: [], rows: () => [], empty: () => 'there is no thing' }),
  ],
})

const PANE = 'things:all'
const SCREEN = { columns: 100, rows: 30, glyphs: UNICODE_GLYPHS }
const at = (navigation: Partial<State['navigation']>): State => {
  const state = healthy()
  return { ...state, navigation: { ...state.navigation, view: 'things', ...navigation } }
}

function cluster(state: State): ClusterState {
  const [first] = state.clusters
  assert.ok(first)
  return first
}

const body = (state: State, screen = SCREEN) =>
  view.body(state, cluster(state), screen).map((line) => line.map(({ text }) => text).join(''))

describe('a list view', () => {
  test('fills its room, whatever it is, and the summary never takes the table’s', () => {
    for (const rows of [1, 2, 3, 5, 9, 14, 30, 80]) {
      const lines = body(at({}), { ...SCREEN, rows })
      assert.equal(lines.length, rows)
      if (rows >= 3) assert.ok(lines.some((line) => line.includes('thing-0')))
    }
  })

  test('lays out the rows in sight and no others, and makes rows only when facts, filter or order change', () => {
    const state = at({})
    body(state)
    laidOut = 0
    made = 0
    body(state)
    body({ ...state, now: state.now + 1_000 })
    body({ ...state, navigation: { ...state.navigation, selected: { [PANE]: 'thing-2500' } } })
    assert.equal(made, 0)
    assert.ok(laidOut <= 3 * SCREEN.rows, `${laidOut} cells`)
    body({ ...state, navigation: { ...state.navigation, filter: 'thing-1' } })
    body({ ...state, navigation: { ...state.navigation, sort: { [PANE]: { column: 'size', descending: true } } } })
    body({ ...state, clusters: [...state.clusters] })
    assert.equal(made, 3)
  })

  test('sorts by columns that have an order, unknowns last; the columns are those that s goes through', () => {
    const sorted = (descending: boolean) => {
      const state = at({ sort: { [PANE]: { column: 'size', descending } } })
      return view.rows(state, cluster(state), PANE).map(({ id }) => id)
    }
    assert.equal(sorted(true).at(-1), 'thing-7')
    assert.equal(sorted(false).at(-1), 'thing-7')
    assert.equal(sorted(false)[0], 'thing-0')
    const [pane] = view.panes(at({}), cluster(at({})))
    assert.ok(pane && typeof pane.ordering !== 'string')
    assert.deepEqual([...pane.ordering.columns], ['thing', 'size'])
    assert.deepEqual([...pane.ordering.greatestFirst], ['size'])
    assert.equal(
      pane.ordering.describe({ column: 'size', descending: true }),
      'things are sorted by size, highest first',
    )
  })

  test('the selected row is in sight and says which of how many', () => {
    const lines = body(at({ selected: { [PANE]: 'thing-2500' } }))
    assert.ok(lines.some((line) => line.startsWith(' ▸ thing-2500')))
    assert.ok(lines.some((line) => /rows 24\d\d–25\d\d of 5000/.test(line)))
  })

  test('without rows it says why: the filter, or its own sentence', () => {
    assert.ok(body(at({ filter: 'zzz' })).some((line) => line.includes('no things match "zzz"')))
    assert.ok(body(at({ pane: 'things:none' })).some((line) => line.includes('there is no thing')))
  })

  test('enter opens details where there are any; a row that went says so', () => {
    const state = at({})
    const opening = (pane: 'things:all' | 'things:none') =>
      view.opens(state, cluster(state), pane, { id: 'thing-3', subject: null })
    assert.deepEqual(opening(PANE), { kind: 'details', view: 'things', pane: PANE, id: 'thing-3' })
    assert.equal(opening('things:none').kind, 'nothing')
    const details = (id: string) => {
      const lines = view.details?.(state, cluster(state), { view: 'things', pane: PANE, id, scroll: 0 }, SCREEN) ?? []
      return lines.map((line) => line.map(({ text }) => text).join('')).join('\n')
    }
    assert.match(details('thing-3'), /thing-3\n.*all of it/)
    assert.match(details('thing-x'), /this thing is gone/)
  })
})
