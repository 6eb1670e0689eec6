// What servers of PostgreSQL 15 send in German, French, Japanese and Spanish (recorded), and what has to follow from it: the
// same as from the English message, or less, and never something else.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { databaseFault } from '../../../../src/io/postgres/connection/postgres-fault.ts'
import {
  type FaultContext,
  notePath,
  refusedSetting,
  type SessionPath,
} from '../../../../src/io/postgres/connection/server-error.ts'
import type { FaultCode, FaultReason } from '../../../../src/model/values/fault.ts'

const PARTY: FaultContext = {
  target: 'db-1:5432',
  user: 'deck',
  database: 'app',
  versionNumber: null,
  passwordSource: null,
}
const OVER_TCP: SessionPath = { isLocal: false, address: null, tls: false }

function sent(code: string, routine: string, message: string, detail = ''): Error {
  return Object.assign(new Error(message), { severity: 'FATAL', code, routine, detail })
}

type Row = readonly [what: string, error: Error]

const NO_LINE: readonly Row[] = [
  [
    'de, no line',
    sent(
      '28000',
      'ClientAuthentication',
      'kein pg_hba.conf-Eintrag für Host »10.1.2.3«, Benutzer »deck«, Datenbank »app«, keine Verschlüsselung',
    ),
  ],
  [
    'de, reject',
    sent(
      '28000',
      'ClientAuthentication',
      'pg_hba.conf lehnt Verbindung ab für Host »10.1.2.3«, Benutzer »deck«, Datenbank »app«, keine Verschlüsselung',
    ),
  ],
  [
    'fr, no line',
    sent(
      '28000',
      'ClientAuthentication',
      "aucune entrée dans pg_hba.conf pour l'hôte « 10.1.2.3 », utilisateur « deck »,\nbase de données « app », pas de chiffrement",
    ),
  ],
  [
    'ja, no line',
    sent(
      '28000',
      'ClientAuthentication',
      'pg_hba.conf にホスト"10.1.2.3"、ユーザー"deck"、データベース"app, 暗号化なし用のエントリがありません',
    ),
  ],
  [
    'ja, reject',
    sent(
      '28000',
      'ClientAuthentication',
      'pg_hba.conf の設定でホスト "10.1.2.3"、ユーザー "deck"、データベース "app", 暗号化なしの接続を拒否しました',
    ),
  ],
  [
    'es, reject',
    sent(
      '28000',
      'ClientAuthentication',
      'pg_hba.conf rechaza la conexión para el servidor «10.1.2.3», usuario «deck», base de datos «app», sin cifrado',
    ),
  ],
]

describe('a refusal by pg_hba.conf in another language', () => {
  for (const [what, error] of NO_LINE) {
    test(`${what}: no line is offered, and the connection is known as the server sees it`, () => {
      notePath(error, OVER_TCP)
      const fault = databaseFault(error, PARTY)
      assert.equal(fault.code, 'hba')
      assert.doesNotMatch(fault.hint ?? '', /Add "|put a line/)
      assert.match(fault.hint ?? '', /role "deck" into database "app"/)
      assert.deepEqual(fault.refused, { user: 'deck', database: 'app', address: '10.1.2.3', tls: false })
    })
  }
})

describe('the address of a line that is offered', () => {
  const english = (host: string, user = 'deck') =>
    sent(
      '28000',
      'ClientAuthentication',
      `no pg_hba.conf entry for host "${host}", user "${user}", database "app", no encryption`,
    )
  const hint = (error: Error, path = OVER_TCP, party = PARTY) => {
    notePath(error, path)
    return databaseFault(error, party).hint ?? ''
  }

  test('is the one that the server sees', () => {
    assert.match(hint(english('10.9.9.9')), /Add "host app deck 10\.9\.9\.9\/32 scram-sha-256"/)
    assert.match(hint(english('fd00::7')), /Add "host app deck fd00::7\/128 /)
  })

  test('is none over a socket of the server, and only there', () => {
    const local = { isLocal: true, address: null, tls: false }
    assert.match(hint(english('[local]'), local), /Add "local app deck scram-sha-256" to pg_hba.conf, then reload\.$/)
    assert.doesNotMatch(hint(english('[local]')), /Add "/)
  })

  test('is not taken from the name of the role', () => {
    const party = { ...PARTY, user: '10.0.0.1' }
    assert.match(hint(english('10.9.9.9', '10.0.0.1'), OVER_TCP, party), /Add "host app "10\.0\.0\.1" 10\.9\.9\.9\/32/)
  })

  test('is unknown where the server names none and something may stand between', () => {
    assert.doesNotMatch(hint(english('gateway.example')), /Add "/)
    assert.match(hint(english('localhost'), { ...OVER_TCP, address: '127.0.0.1' }), /127\.0\.0\.1\/32/)
  })
})

/** Of a server that is there: the code, the reason and what the hint says, and what it may not say. */
const STATES: readonly (readonly [Error, FaultCode, FaultReason | undefined, RegExp, RegExp])[] = [
  [
    sent('57P03', 'ProcessStartupPacket', 'das Datenbanksystem fährt herunter'),
    'starting',
    undefined,
    /starting, stopping or recovering/,
    /replays|wait/,
  ],
  [
    sent('57P03', 'BackendInitialize', 'データベースシステムは起動処理中です'),
    'starting',
    undefined,
    /starting, stopping or recovering/,
    /replays|wait/,
  ],
  [
    sent(
      '57P03',
      'BackendInitialize',
      'das Datenbanksystem nimmt keine Verbindungen an',
      'Hot-Standby-Modus ist deaktiviert.',
    ),
    'starting',
    'in-recovery',
    /hot_standby is off/,
    /wait/,
  ],
  [
    sent(
      '57P03',
      'BackendInitialize',
      'the database system is not accepting connections',
      'Hot standby mode is disabled.',
    ),
    'starting',
    'no-hot-standby',
    /hot_standby is off: turn it on/,
    /wait/,
  ],
  [
    sent('57P03', 'BackendInitialize', 'the database system is shutting down'),
    'starting',
    'shutting-down',
    /stopped or restarted/,
    /replays/,
  ],
  [
    sent('57P01', 'ProcessInterrupts', 'Verbindung wird abgebrochen aufgrund von Anweisung des Administrators'),
    'protocol',
    'session-ended',
    /administrator/,
    /replays/,
  ],
  [
    sent('53300', 'InitializeSessionUserId', 'zu viele Verbindungen von Rolle »deck«'),
    'too-many-connections',
    'role-limit',
    /ALTER ROLE "deck" CONNECTION LIMIT/,
    /reserved_connections|^Close sessions/,
  ],
  [
    sent('53300', 'CheckMyDatabase', 'データベース"app"への接続が多すぎます'),
    'too-many-connections',
    'database-limit',
    /ALTER DATABASE app CONNECTION LIMIT/,
    /reserved_connections/,
  ],
  [
    sent('53300', 'InitPostgres', 'les emplacements de connexions restants sont réservés pour les connexions'),
    'too-many-connections',
    'reserved-slots',
    /Close sessions/,
    /CONNECTION LIMIT/,
  ],
  [
    sent('53300', 'InitProcess', 'lo siento, ya tenemos demasiados clientes'),
    'too-many-connections',
    'all-slots',
    /Close sessions/,
    /CONNECTION LIMIT/,
  ],
  [
    sent('28P01', 'auth_failed', 'Passwort-Authentifizierung für Benutzer »deck« fehlgeschlagen'),
    'auth',
    'password',
    /VALID UNTIL/,
    /GRANT/,
  ],
  [
    sent('28000', 'InitializeSessionUserId', 'Rolle »deck« existiert nicht'),
    'auth',
    undefined,
    /ALTER ROLE "deck" LOGIN.*CREATE ROLE "deck" LOGIN/,
    /certificate/,
  ],
  [
    sent('28000', 'InitializeSessionUserId', 'role "deck" is not permitted to log in'),
    'auth',
    undefined,
    /ALTER ROLE "deck" LOGIN/,
    /CREATE ROLE/,
  ],
  [
    sent('28000', 'ClientAuthentication', 'Verbindung erfordert ein gültiges Clientzertifikat'),
    'auth',
    undefined,
    /sslcert/,
    /Add "/,
  ],
  [
    sent('42501', 'CheckMyDatabase', 'keine Berechtigung für Datenbank »app«'),
    'auth',
    undefined,
    /GRANT CONNECT ON DATABASE app TO "deck"/,
    /pg_monitor/,
  ],
  [
    sent('42501', 'aclcheck_error', 'keine Berechtigung für Funktion pg_ls_waldir'),
    'auth',
    undefined,
    /GRANT EXECUTE for a function/,
    /pg_monitor/,
  ],
  [
    sent('55000', 'CheckMyDatabase', 'Datenbank »app« akzeptiert gegenwärtig keine Verbindungen'),
    'auth',
    'no-database',
    /ALLOW_CONNECTIONS/,
    /GRANT/,
  ],
  [
    sent('57P04', 'ProcessInterrupts', 'Verbindung wird abgebrochen wegen Konflikt mit Wiederherstellung'),
    'auth',
    'no-database',
    /database name/,
    /GRANT/,
  ],
  [sent('53100', 'mdextend', 'konnte Datei nicht erweitern'), 'protocol', 'sql-error', /./, /another service/],
]

describe('a server that is there, in any language', () => {
  for (const [error, code, reason, says, never] of STATES) {
    test(error.message, () => {
      const fault = databaseFault(error, PARTY)
      assert.deepEqual([fault.code, fault.reason], [code, reason])
      assert.match(fault.hint ?? 'null', says)
      assert.doesNotMatch(fault.hint ?? '', never)
    })
  }
})

test('a setting that is refused is found by its name, whatever the quotes around it', () => {
  const names = ['search_path', 'idle_session_timeout', 'jit']
  const said = (message: string, code = '42704') => refusedSetting(sent(code, 'find_option', message), names)
  assert.equal(said('unbekannter Konfigurationsparameter »idle_session_timeout«'), 'idle_session_timeout')
  assert.equal(said('設定パラメータ"jit"は不明です'), 'jit')
  assert.equal(said('unrecognized configuration parameter "Idle_Session_Timeout"'), 'idle_session_timeout')
  assert.equal(said('keine Berechtigung, um Parameter »jit« zu setzen', '42501'), 'jit')
  assert.equal(said('unbekannter Konfigurationsparameter »idle«'), null)
  assert.equal(said('Relation »jit« existiert nicht', '42P01'), null)
})
