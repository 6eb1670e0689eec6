import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  type DoctorFacts,
  type InspectedDatabase,
  type ServerSetting,
  worstDoctorLevel,
} from '../../../src/model/doctor/doctor.ts'
import { doctorFindings } from '../../../src/model/doctor/doctor-rules.ts'
import type { DatabasePulse } from '../../../src/model/measured/pulse.ts'
import type { AuthMethod } from '../../../src/model/values/connection-parameters.ts'
import { healthy } from '../../builders/screens.ts'

function setting(type: string, value: string, unit: string | null = null): ServerSetting {
  return { value, unit, type, pendingRestart: false }
}

const CHECKUP: DoctorFacts = {
  role: 'pgdeck',
  superuser: false,
  database: 'postgres',
  privileges: [],
  settings: { wal_level: setting('enum', 'replica') },
  seesAllSettings: true,
  installed: { plpgsql: '1.0' },
  available: { plpgsql: '1.0' },
  collation: '2.36',
}

function pulseOf(): DatabasePulse {
  const reading = healthy().clusters[0]?.databases[0]?.pulse
  assert.ok(reading?.state === 'fresh')
  return { ...reading.value, clockOffsetMs: 0, roundTripMs: 1 }
}

function node(id: string, checkup: Partial<DoctorFacts> = {}, pulse: Partial<DatabasePulse> = {}): InspectedDatabase {
  return {
    id,
    pulse: { ...pulseOf(), ...pulse },
    facts: { ...CHECKUP, ...checkup },
    auth: null,
    hba: null,
    faults: [],
  }
}

const told = (nodes: readonly InspectedDatabase[]) =>
  doctorFindings(nodes).map(({ level, subject, text }) => `${level} ${subject ?? '-'} ${text}`)

describe('the doctor', () => {
  test('has nothing to say of equal nodes', () => {
    assert.deepEqual(doctorFindings([node('a'), node('b')]), [])
    assert.equal(worstDoctorLevel([]), 'ok')
  })

  test('names what to configure and to grant where the table of repmgr is in another database', () => {
    const managerSigns = { ...pulseOf().managerSigns, libraries: 'pg_stat_statements, $libdir/repmgr' }
    const nodes = [node('a', { role: 'r"x' }, { managerSigns }), node('b', { role: 'r"x' }, { managerSigns })]
    const [found, ...others] = doctorFindings(nodes)
    assert.deepEqual([found?.level, found?.subject, others], ['warning', 'a, b', []])
    assert.match(found?.text ?? '', /^repmgr is in charge, and its table is in another database than postgres/)
    const [configured, granted] = found?.next ?? []
    assert.match(configured ?? '', /"dsn": "postgresql:\/\/r%22x@HOST\/repmgr"/)
    assert.match(
      granted ?? '',
      /GRANT USAGE ON SCHEMA repmgr TO "r""x"; GRANT SELECT ON repmgr.nodes, repmgr.events TO "r""x";$/,
    )
    assert.deepEqual(doctorFindings(nodes, true), [], 'declared')
    const tables = [{ name: 'repmgr.nodes', isPrivileged: true }]
    assert.deepEqual(doctorFindings([node('a', {}, { managerSigns: { ...managerSigns, tables } })]), [])
  })

  test('tells versions, libraries and clocks apart', () => {
    const nodes = [
      node('a', {}, { version: '18.4 (Debian)' }),
      node('b', { collation: '2.41' }, { version: '18.3', clockOffsetMs: 5_000 }),
    ]
    assert.deepEqual(told(nodes), [
      'warning - the versions of PostgreSQL differ: 18.4 on a, 18.3 on b',
      'critical - the collation libraries differ, indexes on text break with a failover: 2.36 on a, 2.41 on b',
      'warning b its clock is 5 s off from that of a',
    ])
    assert.equal(worstDoctorLevel(doctorFindings(nodes)), 'critical')
  })

  test('logging in by md5, and in clear text where others may read it', () => {
    const login = (method: AuthMethod, isExposed = false) => ({ method, isBound: false, isExposed })
    const nodes = [
      { ...node('a', { role: 'Deck' }), auth: login('md5') },
      { ...node('b'), auth: login('password', true) },
      { ...node('c'), auth: login('password') },
      { ...node('d'), auth: login('scram-sha-256') },
      { ...node('e'), auth: login('none') },
    ]
    const found = doctorFindings(nodes)
    assert.deepEqual(
      found.map(({ area, level, subject }) => `${area} ${level} ${subject}`),
      ['login warning a', 'login warning b', 'login info c'],
    )
    assert.ok(found[0]?.next.includes(`ALTER ROLE "Deck" PASSWORD '…';`))
  })

  test('a clock that may be wrong by as much as the answer took is not told', () => {
    assert.deepEqual(told([node('a'), node('b', {}, { clockOffsetMs: 2_500, roundTripMs: 1_200 })]), [])
  })

  test('extensions whose files are missing elsewhere, installed on one side, or of another version', () => {
    const full = {
      installed: { plpgsql: '1.0', postgis: '3.5' },
      available: { plpgsql: '1.0', postgis: '3.5', hstore: '1.8' },
    }
    assert.deepEqual(told([node('a', full), node('b')]), [
      'warning b postgis is used on a, and its files are not installed on b',
      'info b could be installed on a and not on b: hstore',
    ])
    assert.deepEqual(told([node('a', full), node('b', { ...full, installed: { plpgsql: '1.0' } })]), [
      'warning b postgis is installed in postgres on a and not on b',
    ])
    const older = { ...full, available: { ...full.available, postgis: '3.4' } }
    assert.deepEqual(told([node('a', full), node('b', older)]), [
      'info b postgis is 3.5 on a; the files on b are of 3.4',
    ])
  })

  test('settings: what matters is a warning, commands and secrets are not shown, what is each node’s own is left out', () => {
    const settings = (wal: string, command: string, port: string) => ({
      settings: {
        wal_level: setting('enum', wal),
        archive_command: setting('string', command),
        port: setting('integer', port),
        shared_buffers: setting('integer', wal === 'logical' ? '16384' : '2048', '8kB'),
      },
    })
    assert.deepEqual(
      told([node('a', settings('logical', 'cp', '1')), node('b', settings('replica', 'PGPASSWORD=x cp', '2'))]),
      [
        'warning - archive_command: differs',
        'info - shared_buffers: 16384 × 8kB on a, 2048 × 8kB on b',
        'warning - wal_level: logical on a, replica on b',
      ],
    )
  })

  test('settings: of a text only a few are shown, whatever the others are called', () => {
    const commands = [
      'ssl_passphrase_command',
      'recovery_end_command',
      'restore_command',
      'app.jwt',
      'pgaudit.log',
      'x',
    ]
    const settings = (value: string) => ({
      settings: {
        ...Object.fromEntries(commands.map((name) => [name, setting('string', `${value} hunter2`)])),
        'plpgsql.check_asserts': setting('bool', value === 'a' ? 'on' : 'off'),
        seq_page_cost: setting('real', value === 'a' ? '1' : '1.1'),
        shared_preload_libraries: setting('string', value),
        TimeZone: setting('string', value === 'a' ? 'UTC' : 'Europe/Vienna'),
      },
    })
    const findings = told([node('a', settings('a')), node('b', settings('b'))])
    assert.deepEqual(findings.filter((text) => !text.endsWith('differs')).sort(), [
      'info - TimeZone: UTC on a, Europe/Vienna on b',
      'info - plpgsql.check_asserts: on on a, off on b',
      'info - seq_page_cost: 1 on a, 1.1 on b',
      'warning - shared_preload_libraries: a on a, b on b',
    ])
    assert.deepEqual(
      findings.filter((text) => text.endsWith('differs')),
      commands.toSorted().map((name) => `info - ${name}: differs`),
    )
  })

  test('a node that was not reached is unknown, with the next step', () => {
    const fault = { code: 'refused', message: 'b refused', hint: 'Start it.' } as const
    const findings = doctorFindings([
      node('a'),
      { id: 'b', pulse: null, facts: null, auth: null, hba: null, faults: [fault] },
    ])
    assert.deepEqual(findings, [
      { area: 'reach', level: 'unknown', subject: 'b', text: 'b refused', next: ['Start it.'] },
    ])
    assert.equal(worstDoctorLevel(findings), 'unknown')
  })
})
