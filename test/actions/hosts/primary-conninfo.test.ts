// Connection strings of standbys that are pointed elsewhere: only the place changes, whatever the rest holds.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  addressInConninfo,
  repointConninfo,
  settingInConf,
  withAutoConfSettings,
} from '../../../src/actions/hosts/primary-conninfo.ts'
import { parseDsnText } from '../../../src/config/dsn/dsn-text.ts'
import { sqlLiteral } from '../../../src/io/postgres/connection/literal.ts'

const TO = { host: '10.0.0.12', port: 5433 }

describe('a connection string for another upstream', () => {
  test('keeps user, password, application name and TLS, in both notations', () => {
    const pairs = "host=10.0.0.11 port=5432 user=repl password='it''s' sslmode=verify-full application_name=db-ro"
    const kept = parseDsnText(
      repointConninfo("user=repl password='a \\'b\\\\c' host=10.0.0.11 sslmode=verify-full", TO),
    )
    assert.equal(kept.get('password'), "a 'b\\c")
    assert.deepEqual(
      [kept.get('host'), kept.get('port'), kept.get('user'), kept.get('sslmode')],
      ['10.0.0.12', '5433', 'repl', 'verify-full'],
    )
    assert.throws(() => repointConninfo(`${pairs} =`, TO))
    const uri = parseDsnText(repointConninfo('postgresql://repl:p%40ss@10.0.0.11:5432/?sslmode=require', TO))
    assert.deepEqual(
      [uri.get('host'), uri.get('port'), uri.get('password'), uri.get('sslmode')],
      ['10.0.0.12', '5433', 'p@ss', 'require'],
    )
  })

  test('drops what would lead elsewhere, and takes changes', () => {
    const text = repointConninfo(
      'host=a,b port=1,2 hostaddr=10.0.0.1,10.0.0.2 target_session_attrs=read-write user=u',
      TO,
      {
        application_name: 'db-1',
      },
    )
    assert.equal(text, 'host=10.0.0.12 port=5433 user=u application_name=db-1')
  })

  test('the place that one names', () => {
    assert.deepEqual(addressInConninfo('host=10.0.0.11 user=u'), { host: '10.0.0.11', port: 5432 })
    assert.equal(addressInConninfo('host=a,b'), null)
    assert.equal(addressInConninfo('user=u'), null)
  })
})

describe('settings in postgresql.auto.conf', () => {
  const text =
    "# Do not edit\nwork_mem = '8MB'\nprimary_conninfo = 'host=old password=''x'''\nprimary_conninfo = 'host=new password=''it\\\\s'''\n"

  test('the last line counts', () => {
    assert.equal(settingInConf(text, 'primary_conninfo'), "host=new password='it\\s'")
    assert.equal(settingInConf(text, 'primary_slot_name'), null)
  })

  test('is read as the server reads it: with a comment, without quotes, with an octal number', () => {
    const by = (line: string) => settingInConf(`Primary_Conninfo = 'host=old'\r\n${line}`, 'primary_conninfo')
    assert.equal(by("primary_conninfo = 'host=new' # since Monday"), 'host=new')
    assert.equal(by("primary_conninfo 'host=n\\145w'"), 'host=new')
    assert.equal(by("primary_conninfo = 'host=new' more"), 'host=old')
    assert.equal(settingInConf('primary_slot_name = db_1', 'primary_slot_name'), 'db_1')
  })

  test('each is there once, and reads as it was written', () => {
    const value = "host=x password='it\\'s \\\\'"
    const written = withAutoConfSettings(text, { primary_conninfo: value, primary_slot_name: 'db_1' })
    assert.equal(written.match(/primary_conninfo/g)?.length, 1)
    assert.equal(settingInConf(written, 'primary_conninfo'), value)
    assert.match(written, /^# Do not edit\nwork_mem = '8MB'\n/)
  })

  test('a literal of SQL', () => {
    assert.equal(sqlLiteral("it's"), "'it''s'")
    assert.equal(sqlLiteral("a\\b'"), "E'a\\\\b'''")
  })
})
