// Which lines of a pg_hba.conf go with a standby, and the file without them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { numberedLineTexts, removeNumberedLines } from '../../../../src/model/hba/edit/edit-lines.ts'

const FILE = `# who
local all all trust
host replication ro \\
  10.0.0.1/32 scram-sha-256
host all all 10.0.0.0/8 scram-sha-256
`

test('a line goes with its continuation, and all else stays as it is', () => {
  assert.equal(
    removeNumberedLines(FILE, [3], 18),
    '# who\nlocal all all trust\nhost all all 10.0.0.0/8 scram-sha-256\n',
  )
  assert.equal(removeNumberedLines(FILE, [2, 5], 18), '# who\nhost replication ro \\\n  10.0.0.1/32 scram-sha-256\n')
  assert.equal(removeNumberedLines(FILE, [4], 18), null, 'no line begins there')
  assert.deepEqual(numberedLineTexts(FILE, [3], 18), ['host replication ro   10.0.0.1/32 scram-sha-256'])
})
