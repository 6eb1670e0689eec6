// Behind which Unix sockets somebody else may be, so that no password goes there in the clear.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { unsafeSocketFolder } from '../../../../src/io/postgres/connection/login.ts'

test('folders of a host beyond ssh where everybody may make a socket', () => {
  const beyond = (host: string) => unsafeSocketFolder({ host, port: 65_001 }, true)
  for (const host of ['/tmp', '/tmp/', '//tmp', '/var/tmp', '/dev/shm'])
    assert.match(beyond(host) ?? '', /every user there may create a socket in/, host)
  for (const host of ['/var/run/postgresql', '/run/postgresql', '/tmpfiles', '/opt/app/tmp'])
    assert.equal(beyond(host), null, host)
})

test('the same folder of this host is looked at', () => {
  assert.match(unsafeSocketFolder({ host: '/tmp', port: 65_001 }, false) ?? '', /every user may create a socket in/)
  assert.equal(unsafeSocketFolder({ host: '/', port: 65_001 }, false), null)
})
