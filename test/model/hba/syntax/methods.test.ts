// Options of methods that have to fit together, as a real PostgreSQL 15 with LDAP and RADIUS answered to each line.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { rulesOf } from '../asked.ts'

const SIMPLE = /^cannot use ldapbasedn, .* together with ldapprefix$/
const TWO_WAYS = /^cannot use ldapsearchattribute together with ldapsearchfilter$/
const NO_BASE = /^authentication method "ldap" requires argument "ldapbasedn", "ldapprefix", or "ldapsuffix"/
const URL_SCHEME = /^could not parse LDAP URL ".*": Time limit exceeded$/
const URL_PLACE = /^could not parse LDAP URL ".*": Compare False$/

/** What stands after `host all all 10.0.0.0/8`, and what the server says; null: it takes the line. */
const LINES: readonly (readonly [string, RegExp | null])[] = [
  ['pam pamservice=x pam_use_hostname=1', null],
  ['pam pam_use_rhostname=1', /^unrecognized authentication option name: "pam_use_rhostname"/],
  ['ldap ldapurl="ldap://h/dc=x?uid?sub"', null],
  ['ldap ldapurl="LDAPS://[::1]:636/dc=x"', null],
  ['ldap ldapurl="URL:ldap://h/"', null],
  ['ldap ldapurl="<ldap://h/dc=x>"', null],
  ['ldap ldapurl="ldap://h:-1/dc=x"', null],
  ['ldap ldapurl="ldap://h/dc=x???(a=b)"', null],
  ['ldap ldapurl="http://h/dc=x"', URL_SCHEME],
  ['ldap ldapurl="ldap:/h"', URL_SCHEME],
  ['ldap ldapurl=""', URL_SCHEME],
  ['ldap ldapurl="ldapi://h/dc=x"', /^unsupported LDAP URL scheme: ldapi$/],
  ['ldap ldapurl="<ldap://h/dc=x"', /Size limit exceeded$/],
  ['ldap ldapurl="ldap://h:abc/dc=x"', URL_PLACE],
  ['ldap ldapurl="ldap://h:/dc=x"', URL_PLACE],
  ['ldap ldapurl="ldap://[::1/dc=x"', URL_PLACE],
  ['ldap ldapurl="ldap://::1/dc=x"', URL_PLACE],
  ['ldap ldapurl="ldap://h/dc=x?????"', URL_PLACE],
  ['ldap ldapurl="ldap://h/dc=x?uid?bad"', /Strong\(er\) authentication required$/],
  ['ldap ldapurl="ldap://h/dc=x????"', /Referral$/],
  ['ldap ldapurl="ldap://h"', NO_BASE],
  ['ldap ldapurl="ldap://h?uid"', NO_BASE],
  ['ldap ldapurl="ldap://h" ldapbasedn="dc=x"', null],
  ['ldap ldapurl="ldap://h/dc=x" ldapprefix="cn="', SIMPLE],
  ['ldap ldapprefix="" ldapbasedn=""', SIMPLE],
  ['ldap ldapprefix=""', null],
  ['ldap ldapsuffix=",dc=x" ldapbinddn=x', SIMPLE],
  ['ldap ldapserver=h ldapbasedn="dc=x" ldapsearchattribute=uid ldapsearchfilter="(uid=$username)"', TWO_WAYS],
  ['ldap ldapurl="ldap://h/dc=x?uid?sub?(a=b)"', TWO_WAYS],
  ['ldap ldapurl="ldap://h/dc=x?uid" ldapsearchfilter="(a=b)"', TWO_WAYS],
  ['ldap ldapbasedn= ldapport=1x', null],
  ['ldap ldapbasedn= ldapport=x', /^invalid LDAP port number: "x"/],
  ['radius radiusservers="127.0.0.1,127.0.0.2" radiussecrets=s radiusports="1812,1813"', null],
  ['radius radiusservers=127.0.0.1 radiussecrets=""a","b""', /^the number of RADIUS secrets \(2\) must be 1 or/],
  ['radius radiusservers=127.0.0.1 radiussecrets=s radiusports="1,2"', /^the number of RADIUS ports \(2\)/],
  ['radius radiusservers=127.0.0.1 radiussecrets=s radiusidentifiers="a,b"', /^the number of RADIUS identifiers \(2\)/],
  ['radius radiusservers=127.0.0.1 radiussecrets=', /requires argument "radiussecrets"/],
  // The view has no words for the next two, only the log.
  ['radius radiusservers="127.0.0.1," radiussecrets=s', /^could not parse RADIUS server list/],
  ['radius radiusservers=127.0.0.1 radiussecrets=s radiusports=0', /^invalid RADIUS port number/],
  ['16.0.0.0/8 md5', /^invalid authentication method "16\.0\.0\.0\/8"/],
  ['md5 nooption map=x', /not in name=value format: nooption/],
  ['md5 map=x nooption', /^authentication option "map" is only valid/],
  ['peer nooption', /^peer authentication is only supported on local sockets/],
]

describe('options of a method', () => {
  for (const [line, error] of LINES) {
    test(line, () => {
      const [problem] = rulesOf(`host all all 10.0.0.0/8 ${line}`, 15).problems
      if (error === null) assert.equal(problem, undefined)
      else assert.match(problem?.error ?? 'nothing wrong', error)
    })
  }

  test('an empty scope of oauth is one; maps and their delegation exclude each other', () => {
    const errorOf = (line: string) => rulesOf(`host all all all oauth ${line}`, 18).problems[0]?.error ?? null
    assert.equal(errorOf('validator=v issuer=https://e.com scope='), null)
    assert.match(errorOf('validator=v issuer=https://e.com') ?? '', /requires argument "scope"/)
    assert.match(errorOf('scope= issuer=i map=m delegate_ident_mapping=1') ?? '', /^map cannot be used/)
  })

  test('the words about simple bind changed with 18', () => {
    const [problem] = rulesOf('host all all all ldap ldapprefix=x ldapbasedn=y', 18).problems
    assert.equal(problem?.error, 'cannot mix options for simple bind and search+bind modes')
  })

  test('ident of a local record is peer', () => {
    assert.equal(rulesOf('local all all ident map=m', 15).records[0]?.method, 'peer')
  })

  test('a password in an LDAP URL and the secrets of RADIUS are not repeated', () => {
    for (const line of ['ldap ldapurl="http://u:hush@h/"', 'radius radiussecrets="hush,"']) {
      const [problem] = rulesOf(`host all all all ${line}`, 15).problems
      assert.doesNotMatch(JSON.stringify(problem), /hush/)
    }
  })
})
