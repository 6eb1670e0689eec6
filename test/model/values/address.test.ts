import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  connectsTo,
  formatEndpoint,
  isLoopback,
  isSameAddress,
  serverEndpoints,
} from '../../../src/model/values/address.ts'

describe('one machine in two notations', () => {
  const table: readonly [string | null, string | null, boolean][] = [
    ['10.0.0.7', '10.0.0.7/32', true],
    ['10.0.0.7', '::ffff:10.0.0.7', true],
    ['::1', 'localhost', true],
    ['/var/run/postgresql', '127.0.0.1', true],
    ['[2001:DB8::1]', '2001:db8::1/128', true],
    ['DB-1.example.net.', 'db-1.example.net', true],
    ['127.0.0.1', '127.0.0.2', false],
    ['10.0.0.7', '10.0.0.70', false],
    ['10.0.0.0/24', '10.0.0.0', false],
    [null, null, false],
    ['10.0.0.7', null, false],
  ]
  for (const [one, other, expected] of table) {
    test(`${one} and ${other}`, () => {
      assert.equal(isSameAddress(one, other), expected)
      assert.equal(isSameAddress(other, one), expected)
    })
  }
})

test('an endpoint is printed as it is typed', () => {
  assert.equal(formatEndpoint('10.0.0.7', 5432), '10.0.0.7:5432')
  assert.equal(formatEndpoint('2001:db8::1', 5432), '[2001:db8::1]:5432')
  assert.equal(formatEndpoint('db-1', null), 'db-1')
})

describe('what a server connects to', () => {
  const told = (serverAddress: string, serverPort: number) => ({ serverAddress, serverPort })
  const primary = serverEndpoints({ host: 'db-1.example', port: 6000 }, told('10.0.0.11', 5432))
  const far = serverEndpoints({ host: '10.0.0.12', port: 5432 }, null)
  const beside = serverEndpoints({ host: 'db-1.example', port: 5433 }, null)

  test('is a server by any of its addresses and ports', () => {
    assert.ok(connectsTo({ host: '10.0.0.11', port: 5432 }, far, primary))
    assert.ok(connectsTo({ host: 'DB-1.example.', port: 6000 }, far, primary))
    assert.ok(!connectsTo({ host: '10.0.0.11', port: 5433 }, far, primary))
    assert.ok(!connectsTo({ host: '10.0.0.13', port: 5432 }, far, primary))
    assert.ok(!connectsTo({ host: null, port: 5432 }, far, primary))
    assert.ok(!connectsTo({ host: '10.0.0.11', port: null }, far, primary))
  })

  test('is its neighbour where it says loopback or a socket, and both are reached by one address', () => {
    for (const host of ['127.0.0.1', 'localhost', '::1', '/run/postgresql']) {
      assert.ok(connectsTo({ host, port: 5432 }, beside, primary), host)
      assert.ok(!connectsTo({ host, port: 5432 }, far, primary), host)
    }
    assert.ok(!connectsTo({ host: '127.0.0.2', port: 5432 }, beside, primary))
  })
})

describe('what can only be reached on the machine itself', () => {
  const there = [
    'localhost',
    'LOCALHOST.',
    '127.0.0.1',
    '127.0.0.2',
    '127.255.0.9',
    '127.1',
    '127.0.0.1/32',
    '::1',
    '[::1]',
  ]
  const mapped = ['::1/128', '0:0:0:0:0:0:0:1', '0000::0001', '::ffff:127.0.0.1', '::FFFF:127.0.0.2', '::ffff:7f00:1']
  for (const address of [...there, ...mapped]) test(address, () => assert.equal(isLoopback(address), true))

  const names = [
    '127.example.net',
    '127.0.0.1.example.net',
    'localhost.example.net',
    'localhosts',
    '/var/run/postgresql',
  ]
  const elsewhere = [
    '10.0.0.1',
    '128.0.0.1',
    '12.7.0.0.1',
    '::',
    '::2',
    '::11',
    '::ffff:10.0.0.1',
    '::ffff:8000:1',
    'fd00::1',
  ]
  for (const address of [...names, ...elsewhere, ''])
    test(`not ${address}`, () => assert.equal(isLoopback(address), false))
})
