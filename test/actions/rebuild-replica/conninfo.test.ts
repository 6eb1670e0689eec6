// The connection strings and names of a rebuild: no secret among arguments, nothing removed that a rebuild has not made.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectionFromConninfo, splitPassword } from '../../../src/actions/rebuild-replica/conninfo.ts'
import { isRebuildPath, rebuildPathsOf } from '../../../src/actions/rebuild-replica/paths.ts'

const CONNINFO = `host=db-1 port=5433 user=repl password='it''s' sslmode=require application_name=ro keepalives=1`

test('the password goes into a file, and nothing of it stays in the arguments', () => {
  const secret = `host=db-1 user='re:pl' password='p\\\\a:ss' dbname=x`
  const { arguments: place, passfile } = splitPassword(secret, '/d.pgpass')
  assert.equal(place, `host='db-1' user='re:pl' passfile='/d.pgpass'`)
  assert.equal(passfile, '*:*:*:re\\:pl:p\\\\a\\:ss\n')
  assert.deepEqual(splitPassword('host=db-1 user=repl passfile=/own', '/d.pgpass'), {
    arguments: `host='db-1' user='repl' passfile='/own'`,
    passfile: null,
  })
})

test('what only libpq knows does not keep this process from connecting', () => {
  const plain = CONNINFO.replace(`'it''s'`, 'secret')
  const { endpoints, user, password, ssl } = connectionFromConninfo(plain)
  assert.deepEqual(
    [endpoints[0]?.host, endpoints[0]?.port, user, password, ssl.mode],
    ['db-1', 5433, 'repl', 'secret', 'require'],
  )
})

test('only what a rebuild has made may be removed', () => {
  const { previous, complete, partial } = rebuildPathsOf(
    '/var/lib/pg/data/',
    '20261122T143207Z-rebuild-replica-db-ro-7f3a',
  )
  assert.equal(previous, '/var/lib/pg/data.pgdeck-20261122T143207Z-rebuild-replica-db-ro-7f3a.old')
  for (const path of [previous, complete, partial]) assert.equal(isRebuildPath(path), true)
  for (const path of ['/var/lib/pg/data', '/', 'data.pgdeck-x.old', '/a/../b.pgdeck-x.old', '/data.pgdeck-.old.bak'])
    assert.equal(isRebuildPath(path), false, path)
})
