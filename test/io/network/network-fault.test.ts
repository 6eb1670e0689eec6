// Network errors as Node throws them, told apart.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { networkFault } from '../../../src/io/network/network-fault.ts'
import type { FaultCode } from '../../../src/model/values/fault.ts'

function error(code: string, message = code, more: object = {}): Error {
  return Object.assign(new Error(message), { code }, more)
}

const codes: readonly (readonly [string, FaultCode])[] = [
  ['ECONNREFUSED', 'refused'],
  ['ETIMEDOUT', 'timeout'],
  ['EHOSTUNREACH', 'unreachable'],
  ['ENETUNREACH', 'unreachable'],
  ['ECONNRESET', 'unreachable'],
  ['ENOTFOUND', 'dns'],
  ['EAI_AGAIN', 'dns'],
  ['EPROTO', 'tls'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls'],
  ['CERT_HAS_EXPIRED', 'tls'],
  ['ESOMETHING', 'unreachable'],
  ['EMFILE', 'local'],
  ['ENFILE', 'local'],
  ['ENOMEM', 'local'],
  ['ENOBUFS', 'local'],
  ['EACCES', 'local'],
  ['EPERM', 'local'],
  ['EADDRNOTAVAIL', 'local'],
  ['EAFNOSUPPORT', 'local'],
  ['EAI_SYSTEM', 'dns'],
]
for (const [code, expected] of codes) {
  test(`${code} is ${expected}, names the target and a next step`, () => {
    const fault = networkFault(error(code), 'db-1:5432')
    assert.equal(fault.code, expected)
    assert.match(fault.message, /^db-1:5432 /)
    assert.ok(fault.hint)
  })
}

test('of several addresses tried in vain, a refusal says most', () => {
  const both = new AggregateError([error('ENETUNREACH'), error('ECONNREFUSED')])
  assert.equal(networkFault(both, 'a:1').code, 'refused')
  assert.equal(
    networkFault(new AggregateError([error('ENETUNREACH'), error('EHOSTUNREACH')]), 'a:1').code,
    'unreachable',
  )
})

test('what the system of this host refuses without a packet says nothing of the target', () => {
  const unsent = (code: string, address = '192.0.2.1:5432', own = '0.0.0.0:0') =>
    error(code, `connect ${code} ${address} - Local (${own})`)
  for (const code of ['ENETUNREACH', 'EHOSTUNREACH', 'ENETDOWN']) {
    const { code: told, reason, message } = networkFault(unsent(code), 'db-1:5432')
    assert.deepEqual([told, reason], ['unreachable', 'no-route'], code)
    assert.equal(message, 'db-1:5432 was not asked: this host has no route to it')
  }
  const noZone = networkFault(unsent('EINVAL', 'fe80::1:5432', ':::0'), '[fe80::1]:5432')
  assert.deepEqual(
    [noZone.code, noZone.message],
    ['local', '[fe80::1]:5432 was not asked: connect EINVAL fe80::1:5432'],
  )
  assert.equal(networkFault(unsent('EMFILE'), 'a:1').message, 'a:1 was not asked: pgdeck has no file descriptor left')
  const answered = new AggregateError([unsent('ENETUNREACH', '2001:db8::1:1', ':::0'), error('ENETUNREACH')])
  assert.equal(networkFault(answered, 'a:1').reason, undefined)
})

test('OpenSSL’s reason is told instead of its internals', () => {
  const failure = error('ERR_SSL_WRONG_VERSION_NUMBER', '8048B1C2:error:0A00010B:SSL routines', {
    reason: 'wrong version number',
  })
  assert.equal(networkFault(failure, 'a:1').message, 'a:1 failed the TLS handshake: wrong version number')
})

test('what is thrown from outside is shown without escape sequences', () => {
  assert.equal(networkFault(new Error('bad\u001b[2Jthing\nsecond line'), 'a:1').message, 'a:1 is unreachable: badthing')
})

test('a file of this host is no socket of the target', () => {
  const file = error('EACCES', 'EACCES: permission denied', { path: '/home/u/.postgresql', syscall: 'stat' })
  const fault = networkFault(file, 'db-1:5432')
  assert.equal(fault.code, 'local')
  assert.match(fault.message, /^db-1:5432 was not asked: pgdeck can’t use \/home\/u\/\.postgresql/)
  const socket = error('ENOENT', 'connect ENOENT /tmp/.s.PGSQL.5432', { path: '/tmp/x', syscall: 'connect' })
  assert.equal(networkFault(socket, '/tmp:5432').code, 'refused')
})
