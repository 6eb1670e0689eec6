// An archiver that hangs, and one without a command, on real servers: neither ever counts a failure.

import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { parseDsn } from '../../../src/config/dsn/dsn.ts'
import { openDatabaseSession } from '../../../src/io/postgres/database-session.ts'
import { pulseProbe } from '../../../src/probes/database/pulse/pulse.ts'
import { storageProbe } from '../../../src/probes/database/storage/storage.ts'
import { patiently, until } from '../../wait.ts'
import { assertCause, findingOf, watching } from '../diagnosing.ts'
import { MAJORS, withCluster } from '../embedded.ts'

for (const major of new Set([MAJORS[0], MAJORS.at(-1)])) {
  if (major === undefined) continue
  test(`PostgreSQL ${major}: a command that hangs, none, and one that works`, () =>
    withCluster(
      { major, settings: { archive_mode: 'on', archive_command: 'while test -e held; do sleep 0.2; done' } },
      async ({ primary }) => {
        const held = join(primary.dataDirectory, 'held')
        writeFileSync(held, '')
        await primary.createRole('plain"quoted', 'LOGIN')
        for (let n = 0; n < 10; n++) {
          await primary.query("select pg_logical_emit_message(false, 'fill', 'x')")
          await primary.query('select pg_switch_wal()')
        }
        const foundAs = async (role: string) => {
          let told: readonly string[] = []
          await watching({ databases: [{ name: 'p', dsn: primary.dsn(role) }] }, async ({ poll, store, diagnose }) => {
            await poll()
            const alerts = store.latest().clusters[0]?.picture?.alerts ?? []
            const alert = alerts.find(({ rule }) => rule === 'archiver-stalled')
            const diagnosis = await diagnose('p')
            told = [alert?.message ?? 'none', findingOf(diagnosis, 'archive').result]
            if (told[1] === 'warn') assertCause(diagnosis, 'archiver-stalled', /its WAL is not archived/)
          })
          return told
        }
        await until('eight files wait', 20_000, async () => (await foundAs('pgdeck'))[1] === 'warn')
        assert.match(
          (await foundAs('pgdeck'))[0] ?? '',
          /^p: nothing was archived for .* while \d+ files wait: archive_command or archive_library hangs/,
        )
        assert.deepEqual(await foundAs('plain"quoted'), ['none', 'unknown'])

        await primary.setSetting('archive_command', '')
        await until('that none is set', 20_000, async () =>
          /: no archive_command is set$/.test((await foundAs('pgdeck'))[0] ?? ''),
        )
        await primary.setSetting('archive_command', '/bin/true')
        rmSync(held)
        await until('all is archived', 20_000, async () => (await foundAs('pgdeck')).join() === 'none,ok')
        await watching({ databases: [{ name: 'p', dsn: primary.dsn('pgdeck') }] }, async ({ poll, diagnose }) => {
          await poll()
          assert.match(findingOf(await diagnose('p'), 'archive').evidence, /^archive_command keeps nothing/)
        })
      },
    ))
}

test('thousands of files are not counted by each poll, and their age is told', () =>
  withCluster(
    { settings: { archive_mode: 'on', archive_command: 'while :; do sleep 0.2; done' } },
    async ({ primary }) => {
      const folder = join(primary.dataDirectory, 'pg_wal', 'archive_status')
      for (let n = 0; n < 1_500; n++)
        writeFileSync(join(folder, `${n.toString(16).toUpperCase().padStart(24, '0')}.ready`), '')
      const session = openDatabaseSession({
        connection: parseDsn(primary.dsn('pgdeck'), {}),
        passwordCommand: null,
        timeoutMs: patiently(10_000),
      })
      try {
        const { signal } = new AbortController()
        const waitingOf = async () => (await pulseProbe.read({ session }, signal)).archiver?.waiting
        const counted = await waitingOf()
        assert.ok((counted?.files ?? 0) >= 1_500)
        await until('a pulse that tells of the last count', 20_000, async () => {
          const { files, ageSeconds } = (await waitingOf()) ?? {}
          return ageSeconds !== undefined && files === counted?.files
        })
        const { archiveReady, walFiles, walDirectoryBytes } = await storageProbe.read({ session }, signal)
        await until('a reading that tells of the last listing', 20_000, async () => {
          const { listedAgeSeconds, ...facts } = await storageProbe.read({ session }, signal)
          const told = {
            archiveReady: facts.archiveReady,
            walFiles: facts.walFiles,
            walDirectoryBytes: facts.walDirectoryBytes,
          }
          return (
            listedAgeSeconds !== undefined && isDeepStrictEqual(told, { archiveReady, walFiles, walDirectoryBytes })
          )
        })
      } finally {
        await session.close()
      }
    },
  ))
