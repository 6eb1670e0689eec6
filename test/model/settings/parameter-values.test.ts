import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { settingProblem } from '../../../src/model/settings/parameter-values.ts'

/** Name, value, major version, and what the server says; null: it takes it. */
const TABLE: readonly (readonly [string, string, number, RegExp | null])[] = [
  ['work_mem', '4MB', 18, null],
  ['work_mem', '1.5GB', 18, null],
  ['work_mem', '4096', 14, null],
  ['work_mem', ' 4 MB ', 18, null],
  ['work_mem', 'lots', 18, /invalid value for parameter "work_mem": "lots"/],
  ['work_mem', '4mb', 18, /invalid value/],
  ['work_mem', '4s', 18, /invalid value/],
  ['work_mem', '1kB', 18, /1 kB is outside the valid range for parameter "work_mem" \(64 kB \.\. 2147483647 kB\)/],
  ['shared_buffers', '128MB', 14, null],
  ['shared_buffers', '16GB', 18, null],
  ['max_connections', 'many', 18, /invalid value for parameter "max_connections"/],
  ['max_connections', '100', 18, null],
  ['max_connections', '0', 18, /outside the valid range/],
  ['max_connections', '100MB', 18, /invalid value/],
  ['statement_timeout', '1h', 18, null],
  ['statement_timeout', '0.5min', 18, null],
  ['unix_socket_permissions', '0700', 18, null],
  ['random_page_cost', '1.1', 18, null],
  ['random_page_cost', '-1', 18, /outside the valid range/],
  ['fsync', 'off', 18, null],
  ['fsync', 't', 18, null],
  ['fsync', 'o', 18, /requires a Boolean value/],
  ['fsync', ' on', 18, /requires a Boolean value/],
  ['fsync', 'maybe', 18, /parameter "fsync" requires a Boolean value/],
  ['wal_level', 'replica', 18, null],
  ['wal_level', 'hot_standby', 14, null],
  ['wal_level', 'full', 18, /invalid value for parameter "wal_level": "full"/],
  ['synchronous_commit', 'remote_apply', 18, null],
  ['synchronous_commit', 'true', 18, null],
  ['default_transaction_isolation', 'repeatable read', 18, null],
  ['wal_keep_segments', '64', 14, /unrecognized configuration parameter "wal_keep_segments"/],
  ['vacuum_defer_cleanup_age', '0', 14, null],
  ['vacuum_defer_cleanup_age', '0', 16, /unrecognized/],
  ['io_method', 'worker', 18, null],
  ['io_method', 'worker', 17, /unrecognized/],
  ['force_parallel_mode', 'on', 16, null],
  ['pg_stat_statements.max', 'anything', 18, null],
  ['restore_command', 'cp x y', 18, null],
  ['datestyle', 'iso, dmy', 18, null],
  ['wal_compression', 'lz4', 15, null],
  ['default_toast_compression', 'lz4', 14, null],
  ['io_method', 'io_uring', 18, null],
  ['intervalstyle', 'sql_standard', 18, null],
  ['intervalstyle', 'sql standard', 18, /invalid value/],
  ['default_transaction_isolation', 'read_committed', 18, /invalid value/],
  ['bytea_output', '', 18, /invalid value/],
  ['bytea_output', 'on', 18, /invalid value/],
  ['log_min_messages', 'debug', 18, null],
  ['wal_level', ' replica', 18, /invalid value/],
  ['work_mem', '08', 18, /invalid value|outside/],
  ['work_mem', '-.5', 18, /invalid value/],
  ['archive_timeout', ' .5', 18, /invalid value/],
  ['archive_timeout', '.5', 18, null],
  ['work_mem', '1e3', 18, null],
  ['work_mem', '0x40', 18, null],
  ['checkpoint_timeout', '.5h', 18, null],
  ['random_page_cost', '+.5', 18, null],
  ['random_page_cost', '010', 18, null],
]

describe('a setting', () => {
  for (const [name, value, version, expected] of TABLE) {
    test(`${name} = ${value} on ${version}`, () => {
      const problem = settingProblem(name, value, version)
      if (expected === null) assert.equal(problem, null)
      else assert.match(problem ?? '', expected)
    })
  }
})
