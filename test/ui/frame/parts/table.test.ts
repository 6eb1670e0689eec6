// The columns of a table in little room: which drop, which are cut, and who gets what is left.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { span } from '../../../../src/ui/frame/format/line.ts'
import { figureColumn, layoutTable, nameColumn, type TableColumn } from '../../../../src/ui/frame/parts/table.ts'

interface Row {
  readonly id: string
}

const NAMES = [1, 2].map((n) => `payments-prod-eu-central-1-postgresql-cluster-node-${n}`)

const COLUMNS: readonly TableColumn<Row>[] = [
  { ...nameColumn('name', 'NAME', 0, 12, 60), shrinksFirst: true, cell: ({ id }) => span(id) },
  { ...figureColumn('sessions', 'SESSIONS', 1, 8), cell: () => span('48/197') },
  { ...figureColumn('lsn', 'LSN', 2, 20), cell: () => span('0/5A001F20') },
]

function drawn(width: number): readonly string[] {
  const { head, rows } = layoutTable({
    columns: COLUMNS,
    rows: NAMES.map((id) => ({ id })),
    visible: { first: 0, length: 2 },
    width,
    rowStyle: () => ({ marker: span('   '), base: 'plain', note: null }),
    ellipsis: '…',
    sorted: null,
  })
  return [head, ...rows].map((line) =>
    line
      .map(({ text }) => text)
      .join('')
      .trimEnd(),
  )
}

test('names that were cut for a column get its room back when that column drops all the same', () => {
  assert.deepEqual(drawn(40), [
    '   NAME                         SESSIONS',
    '   payments-prod…luster-node-1    48/197',
    '   payments-prod…luster-node-2    48/197',
  ])
})

test('names are cut before a column drops', () => {
  const [head = ''] = drawn(50)
  assert.match(head, /NAME +SESSIONS +LSN/)
})
