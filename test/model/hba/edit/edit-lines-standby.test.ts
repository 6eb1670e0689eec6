// What a standby leaves behind in pg_hba.conf: only lines that are its alone go.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { removeMatchingLines, standbyReplicationLines } from '../../../../src/model/hba/edit/edit-lines.ts'

const FILE = `# TYPE DATABASE USER ADDRESS METHOD
local all all trust
host all ro_user 10.0.0.13/32 scram-sha-256
 host  replication  ro_user   10.0.0.13/32  md5\r
hostssl replication "ro_user" 10.0.0.13 255.255.255.255 scram-sha-256
host replication ro_user 10.0.0.0/24 scram-sha-256
host replication ro_user,other 10.0.0.13/32 scram-sha-256
host "replication" ro_user 10.0.0.13/32 scram-sha-256
host replication ro_user 10.0.0.14/32 scram-sha-256
`

test('lines for that role from that one address for replication, and no others', () => {
  assert.deepEqual(standbyReplicationLines(FILE, 'ro_user', '10.0.0.13', 18), [
    'host  replication  ro_user   10.0.0.13/32  md5',
    'hostssl replication "ro_user" 10.0.0.13 255.255.255.255 scram-sha-256',
  ])
  assert.equal(standbyReplicationLines(FILE, 'ro_user', null, 18).length, 3)
})

test('they are taken out, and everything else stays byte by byte', () => {
  const lines = standbyReplicationLines(FILE, 'ro_user', '10.0.0.13', 18)
  const edited = removeMatchingLines(FILE, lines)
  assert.equal(edited.state, 'changed')
  const text = edited.state === 'changed' ? edited.text : ''
  assert.equal(text.split('\n').length, FILE.split('\n').length - 2)
  assert.ok(text.includes('host replication ro_user 10.0.0.14/32 scram-sha-256\n'))
  assert.equal(removeMatchingLines(text, lines).state, 'already')
})

test('a file with a zero byte is for a person: the server reads other lines in it', () => {
  assert.equal(removeMatchingLines(`${FILE}# \0\nlocal all all trust\n`, ['local all all trust']).state, 'unclear')
})
