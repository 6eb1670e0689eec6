// Which lines of a pg_hba.conf go with a standby, and the file without them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { numberedLineTexts, removeNumberedLines, removeOneOfEach } from '../../../../src/model/hba/edit/edit-lines.ts'

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

test('each added line is taken out once, whatever else has changed', () => {
  const line = 'host replication repl 10.0.0.3/32 scram-sha-256'
  const before = `# mine\r\n${line}\r\nhost all all 10.0.0.0/8 md5\r\n${line}\r\n`
  const edit = removeOneOfEach(before, [line], `${line}\r\n`)
  assert.equal(edit.state === 'changed' ? edit.text : '', `# mine\r\nhost all all 10.0.0.0/8 md5\r\n${line}\r\n`)
  assert.equal(removeOneOfEach('host all all 10.0.0.0/8 md5\n', [line], '').state, 'already')
  assert.equal(removeOneOfEach(`a\0b\n${line}\n`, [line], '').state, 'unclear')
})

test('a line that was there before stays where somebody has taken out the added one', () => {
  const line = 'host replication repl 10.0.0.3/32 scram-sha-256'
  const former = `host replication all 0.0.0.0/0 reject\n${line}\n`
  assert.equal(removeOneOfEach(`${former}# later\n`, [line], former).state, 'already')
})
