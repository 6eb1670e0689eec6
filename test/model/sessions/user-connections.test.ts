import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConnectionLimit } from '../../../src/model/measured/transactions.ts'
import { reachedLimits, sessionsPercent, sessionsText } from '../../../src/model/sessions/user-connections.ts'
import { aPrimaryPulse } from '../../builders/snapshot.ts'

const LIMITS = { warning: 80, critical: 95 }
const sessions = (total: number, max = 30, reserved = 13) => ({ ...aPrimaryPulse().sessions, total, max, reserved })
const told = (total: number, connectionLimits: readonly ConnectionLimit[] | null = []) =>
  reachedLimits({ sessions: sessions(total), connectionLimits }, LIMITS).map(
    ({ severity, text }) => `${severity}: ${text}`,
  )
const limit = (kind: ConnectionLimit['kind'], used: number, most = 20): ConnectionLimit => ({
  kind,
  name: 'shop',
  limit: most,
  used,
})

test('reserved connections are not for users', () => {
  assert.equal(sessionsPercent(sessions(17)), 100)
  assert.equal(sessionsText(sessions(18)), '18 of 17 connections for users in use (105 %)')
  assert.equal(sessionsPercent(sessions(80, 100, 0)), 80)
})

test('the server refuses users once only reserved connections are left', () => {
  assert.deepEqual(told(16), [])
  assert.deepEqual(told(17), [
    'critical: no connection is left for users: 17 of 17 are in use (max_connections 30, 13 reserved)',
  ])
  assert.equal(told(30).length, 1)
})

test('a database by its limits in percent, a role once it is full, the worst first', () => {
  assert.deepEqual(told(1, [limit('database', 15), limit('role', 19)]), [])
  assert.deepEqual(told(1, [limit('database', 16)]), [
    'warning: database shop has 16 of the 20 connections of its CONNECTION LIMIT',
  ])
  assert.deepEqual(told(1, [limit('role', 20), limit('database', 19)]), [
    'critical: database shop has 19 of the 20 connections of its CONNECTION LIMIT',
    'warning: role shop has 20 of the 20 connections of its CONNECTION LIMIT',
  ])
  assert.deepEqual(told(1, null), [])
})
