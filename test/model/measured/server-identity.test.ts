// Which server answered: what makes two readings one server, and one a restart of the other.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  isSameServer,
  mayBeRestartOf,
  type ServerIdentity,
  serverIdentityText,
} from '../../../src/model/measured/server-identity.ts'

const SERVER: ServerIdentity = {
  systemIdentifier: '7710875730091603779',
  postmasterStart: '1795357927123456',
  port: 5432,
}
const changed = (over: Partial<ServerIdentity>): ServerIdentity => ({ ...SERVER, ...over })

test('one microsecond, one port or one system makes another server', () => {
  assert.ok(isSameServer(SERVER, changed({})))
  assert.ok(!isSameServer(SERVER, changed({ postmasterStart: '1795357927123457' })))
  assert.ok(!isSameServer(SERVER, changed({ port: 5433 })))
  assert.ok(!isSameServer(SERVER, changed({ systemIdentifier: '7710875730091603780' })))
})

test('a restart starts later on the same port with the same data', () => {
  const later = changed({ postmasterStart: '1795357927123457' })
  assert.ok(mayBeRestartOf(later, SERVER))
  assert.ok(!mayBeRestartOf(SERVER, later))
  assert.ok(!mayBeRestartOf(SERVER, SERVER))
  assert.ok(!mayBeRestartOf({ ...later, port: 5433 }, SERVER))
  assert.ok(!mayBeRestartOf({ ...later, systemIdentifier: '1' }, SERVER))
})

test('an identity is told to the microsecond', () => {
  assert.equal(
    serverIdentityText(SERVER),
    'system 7710875730091603779, port 5432, started 2026-11-22 14:32:07.123456 UTC',
  )
})
