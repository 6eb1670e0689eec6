// Folders of nodes in an archive: no two are the same on any system, and none leads out of it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nodeFolderName } from '../../../src/runtime/log-collection/archive-names.ts'

test('each node has a folder of its own in an archive, below that of all nodes', () => {
  const given = new Set<string>()
  const rows = [
    ['db-1', 'db-1'],
    ['eu/b', 'eu_b'],
    ['eu b', 'eu_b-2'],
    ['EU_B', 'EU_B-3'],
    ['eu_b-2', 'eu_b-2-2'],
    ['..', '_'],
    ['.', '_-2'],
    ['/', '_-3'],
    ['../x', '.._x'],
    ['数据', '__'],
    ['"q"', '_q_'],
  ] as const
  for (const [id, folder] of rows) assert.equal(nodeFolderName(id, given), folder, id)
})
