// What pgBackRest 2.45 and Barman 3.4 printed of real backups, and what is read from it. WAL-G: its documented form, not run.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type BackupTool, BackupToolError, parseToolBackups } from '../../../src/model/storage/backup-tools.ts'

const SYSTEM = '7713923743553397032'
const NO_STANZA = `[{"archive":[],"backup":[],"cipher":"none","db":[],"name":"nothere","repo":[{"cipher":"none","key":1,"status":{"code":1,"message":"missing stanza path"}}],"status":{"code":1,"lock":{"backup":{"held":false}},"message":"missing stanza path"}}]`
const NO_BACKUP = `[{"archive":[{"database":{"id":1,"repo-key":1},"id":"15-1","max":null,"min":null}],"backup":[],"cipher":"none","db":[{"id":1,"repo-key":1,"system-id":7713923743553397032,"version":"15"}],"name":"main","repo":[{"cipher":"none","key":1,"status":{"code":2,"message":"no valid backups"}}],"status":{"code":2,"lock":{"backup":{"held":false}},"message":"no valid backups"}}]`
/** A full backup, and an incremental one on it. */
const TWO = `[{"archive":[{"database":{"id":1,"repo-key":1},"id":"15-1","max":"000000010000000000000004","min":"000000010000000000000001"}],"backup":[{"archive":{"start":"000000010000000000000002","stop":"000000010000000000000002"},"backrest":{"format":5,"version":"2.45"},"database":{"id":1,"repo-key":1},"error":false,"info":{"delta":23017171,"repository":{"delta":3043773,"size":3043773},"size":23017171},"label":"20261130-112404F","lsn":{"start":"0/2000028","stop":"0/2000138"},"prior":null,"reference":null,"timestamp":{"start":1796037844,"stop":1796037866},"type":"full"},{"archive":{"start":"000000010000000000000003","stop":"000000010000000000000004"},"backrest":{"format":5,"version":"2.45"},"database":{"id":1,"repo-key":1},"error":false,"info":{"delta":8458,"repository":{"delta":431,"size":3043775},"size":23017172},"label":"20261130-112404F_20261130-112428I","lsn":{"start":"0/3000028","stop":"0/4000050"},"prior":"20261130-112404F","reference":["20261130-112404F"],"timestamp":{"start":1796037868,"stop":1796037870},"type":"incr"}],"cipher":"none","db":[{"id":1,"repo-key":1,"system-id":7713923743553397032,"version":"15"}],"name":"main","repo":[{"cipher":"none","key":1,"status":{"code":0,"message":"ok"}}],"status":{"code":0,"lock":{"backup":{"held":false}},"message":"ok"}}]`
const BARMAN_NONE = `{"main": []}`
const BARMAN_ONE = `{"main": [{"backup_id": "20261130T112451", "end_time": "Mon Nov 30 11:24:54 2026", "end_time_timestamp": "1796037894", "retention_status": "-", "size": "38.1 MiB", "size_bytes": 39931985, "status": "DONE", "tablespaces": [], "wal_size": "0 B", "wal_size_bytes": 0}]}`
const BARMAN_RUNS = `{"main": [{"backup_id": "20261130T112541", "status": "STARTED"}, {"backup_id": "20261130T112451", "end_time": "Mon Nov 30 11:24:54 2026", "end_time_timestamp": "1796037894", "retention_status": "-", "size": "38.1 MiB", "size_bytes": 39931985, "status": "DONE", "tablespaces": [], "wal_size": "0 B", "wal_size_bytes": 0}]}`
const BARMAN_FAILED = `{"main": [{"backup_id": "20261130T112541", "status": "FAILED"}, {"backup_id": "20261130T112451", "end_time": "Mon Nov 30 11:24:54 2026", "end_time_timestamp": "1796037894", "retention_status": "-", "size": "38.1 MiB", "size_bytes": 39931985, "status": "DONE", "tablespaces": [], "wal_size": "208.0 MiB", "wal_size_bytes": 218103808}]}`
const BARMAN_UNKNOWN = `{"_ERROR": ["Unknown server 'nothere'"]}`
/** `wal-g backup-list --detail --json`, from its documentation: not run. */
const WAL_G = `[{"backup_name":"base_000000010000000000000004","time":"2026-11-22T03:00:09Z","wal_file_name":"000000010000000000000004","start_time":"2026-11-22T03:00:00.1Z","finish_time":"2026-11-22T03:00:08.5Z","hostname":"h1","data_dir":"/data","pg_version":180000,"start_lsn":67108904,"finish_lsn":67109200,"is_permanent":false,"system_identifier":7713923743553397032}]`

function refusal(tool: BackupTool, name: string, printed: string): string {
  try {
    parseToolBackups(tool, name, printed)
  } catch (error) {
    assert.ok(error instanceof BackupToolError)
    return error.message
  }
  return assert.fail('it was taken')
}

describe('pgBackRest', () => {
  test('tells the newest, the oldest, the system, and that none runs', () => {
    assert.deepEqual(parseToolBackups('pgbackrest', 'main', TWO), {
      newest: { at: 1_796_037_870_000, name: '20261130-112404F_20261130-112428I' },
      oldestAt: 1_796_037_866_000,
      isRunning: false,
      system: SYSTEM,
      trouble: null,
    })
  })

  test('one that runs is seen by the lock; it is none of the backups', () => {
    const running = parseToolBackups('pgbackrest', 'main', TWO.replace('"held":false', '"held":true'))
    assert.equal(running.isRunning, true)
    assert.equal(running.newest?.at, 1_796_037_870_000)
  })

  test('one with an error does not count', () => {
    const at = TWO.lastIndexOf('"error":false')
    const broken = `${TWO.slice(0, at)}"error":true${TWO.slice(at + '"error":false'.length)}`
    assert.equal(parseToolBackups('pgbackrest', 'main', broken).newest?.name, '20261130-112404F')
  })

  test('one whose own WAL is not in the archive can’t be restored, and says so', () => {
    const found = parseToolBackups(
      'pgbackrest',
      'main',
      TWO.replace('"max":"000000010000000000000004"', '"max":"000000010000000000000003"'),
    )
    assert.equal(found.newest?.name, '20261130-112404F')
    assert.match(
      found.trouble ?? '',
      /^20261130-112404F_20261130-112428I can’t be restored: its archive ends at 0+10+3, 0+10+4 is needed$/,
    )
    const expired = TWO.replace('"min":"000000010000000000000001"', '"min":"000000010000000000000003"')
    assert.equal(parseToolBackups('pgbackrest', 'main', expired).oldestAt, 1_796_037_870_000)
  })

  test('one that is built on one with an error does not count', () => {
    assert.equal(parseToolBackups('pgbackrest', 'main', TWO.replace('"error":false', '"error":true')).newest, null)
  })

  test('after an upgrade the backups of the old system are none of the present one', () => {
    const upgraded = TWO.replace(
      /"db":\[/,
      '"db":[{"id":2,"repo-key":1,"system-id":7713923743553397999,"version":"16"},',
    )
    const found = parseToolBackups('pgbackrest', 'main', upgraded)
    assert.deepEqual([found.system, found.newest, found.oldestAt], ['7713923743553397999', null, null])
  })

  test('WAL of an earlier timeline is missing where the archive begins on a later one', () => {
    const expired = TWO.replace('"min":"000000010000000000000001"', '"min":"000000020000000000000001"').replace(
      '"max":"000000010000000000000004"',
      '"max":"000000020000000000000001"',
    )
    const found = parseToolBackups('pgbackrest', 'main', expired)
    assert.equal(found.newest, null)
    assert.match(found.trouble ?? '', /its archive begins at 0{7}20+1, 0{7}10+3 is needed$/)
    // A later timeline may begin at an earlier position.
    const later = TWO.replace('"max":"000000010000000000000004"', '"max":"000000020000000000000003"')
    assert.equal(parseToolBackups('pgbackrest', 'main', later).trouble, null)
  })

  test('no backup yet is an answer, no stanza is none', () => {
    const found = parseToolBackups('pgbackrest', 'main', NO_BACKUP)
    assert.deepEqual([found.newest, found.system, found.trouble], [null, SYSTEM, null])
    assert.equal(refusal('pgbackrest', 'nothere', NO_STANZA), 'the stanza nothere: missing stanza path')
  })
})

describe('Barman', () => {
  test('only backups that are DONE count', () => {
    assert.equal(parseToolBackups('barman', 'main', BARMAN_NONE).newest, null)
    const one = parseToolBackups('barman', 'main', BARMAN_ONE)
    assert.deepEqual(one.newest, { at: 1_796_037_894_000, name: '20261130T112451' })
    assert.deepEqual([one.isRunning, one.trouble], [false, null])
    const runs = parseToolBackups('barman', 'main', BARMAN_RUNS)
    assert.deepEqual([runs.newest, runs.isRunning, runs.trouble], [one.newest, true, null])
    const failed = parseToolBackups('barman', 'main', BARMAN_FAILED)
    assert.deepEqual([failed.newest, failed.isRunning], [one.newest, false])
    assert.equal(failed.trouble, 'the last one, 20261130T112541, failed')
  })

  test('one that is kept without the WAL behind it begins no window', () => {
    const kept = BARMAN_ONE.replace('"retention_status": "-"', '"retention_status": "KEEP:STANDALONE"')
    const found = parseToolBackups('barman', 'main', kept)
    assert.deepEqual([found.newest?.at, found.oldestAt], [1_796_037_894_000, null])
  })

  test('a server that it does not know is no empty list', () => {
    assert.equal(refusal('barman', 'nothere', BARMAN_UNKNOWN), "Unknown server 'nothere'")
    assert.match(refusal('barman', 'other', BARMAN_ONE), /nothing of the server other/)
  })
})

test('WAL-G: the time of the end, and the system', () => {
  const found = parseToolBackups('wal-g', '', WAL_G)
  assert.deepEqual(found.newest, { at: Date.parse('2026-11-22T03:00:08.5Z'), name: 'base_000000010000000000000004' })
  assert.equal(found.system, SYSTEM)
  assert.equal(parseToolBackups('wal-g', '', '[]').newest, null)
  const [one] = JSON.parse(WAL_G.replace(/7713923743553397032/, '"$&"'))
  const listed = (...backups: readonly object[]) =>
    parseToolBackups('wal-g', '', JSON.stringify(backups.map((each) => ({ ...one, ...each }))))
  const old = { finish_time: '2026-11-20T03:00:00Z' }
  assert.equal(listed(old, {}).oldestAt, Date.parse(old.finish_time))
  assert.equal(listed({ ...old, is_permanent: true }, {}).oldestAt, found.newest?.at)
  assert.equal(listed({}, { ...old, system_identifier: '1' }).system, SYSTEM)
  assert.equal(listed({}, { ...old, system_identifier: '1' }).oldestAt, found.newest?.at)
  assert.equal(listed({ finish_time: '0001-01-01T00:00:00Z' }).newest?.at, Date.parse('2026-11-22T03:00:09Z'))
})

test('what is no JSON is quoted without control characters', () => {
  const long = parseToolBackups('pgbackrest', 'main', TWO.replaceAll('F_20261130-112428I', 'x'.repeat(1_000_000)))
  assert.equal(long.newest?.name?.length, 300)
  assert.equal(refusal('pgbackrest', 'main', 'ERROR: \u001b[31mno'), 'it printed no JSON: ERROR: no')
})
