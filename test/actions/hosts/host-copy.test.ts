// A file from one host to another: in parts through this process, whole, with the same hash, and not at all when it is not.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { copyBetweenHosts, hostFileHash } from '../../../src/actions/hosts/host-copy.ts'
import { openHostConnection } from '../../../src/io/hosts/host-connection.ts'
import {
  backupListing,
  backupUnreadableReason,
  findLatestBackup,
} from '../../../src/profiles/manageengine/files/latest-backup.ts'
import { within } from '../../wait.ts'

const HERE = openHostConnection({ id: 'here', address: null, access: { kind: 'local' } })
const signal = within(60_000)

test('nine megabytes go through in parts; a copy that is another one does not take the place of the target', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-copy-'))
  try {
    const [path, target] = [join(folder, 'a file'), join(folder, "it's here")]
    const bytes = randomBytes(9 * 1024 * 1024 + 7)
    writeFileSync(path, bytes)
    const told: number[] = []
    // As if it were elsewhere: then it can't be copied there by one command.
    const elsewhere = { ...HERE, accessKind: 'ssh' as const }
    await copyBetweenHosts({
      from: HERE,
      to: elsewhere,
      path,
      target,
      signal,
      onProgress: (sent) => void told.push(sent),
    })
    assert.ok(readFileSync(target).equals(bytes))
    assert.equal(told.at(-1), bytes.length)
    assert.ok(told.length > 1)
    assert.equal(existsSync(`${target}.part`), false)
    const short = {
      ...elsewhere,
      run: (argv: readonly string[], options: Parameters<typeof HERE.run>[1]) =>
        HERE.run(argv, options.input ? { ...options, input: 'short' } : options),
    }
    const wrong = copyBetweenHosts({ from: HERE, to: short, path, target: `${target}2`, signal, onProgress: () => {} })
    await assert.rejects(wrong, /differs from .*: their SHA-256 differ/)
    assert.equal(existsSync(`${target}2`), false)
    await assert.rejects(hostFileHash(HERE, join(folder, 'none'), signal), /can’t compute/)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('the backup of a run is the newest file that was not there before; an empty or wrong one is told', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-made-'))
  try {
    writeFileSync(join(folder, 'old.zip'), 'PK')
    writeFileSync(join(folder, '.hidden'), 'x')
    const before = backupListing((await HERE.list(folder, { signal })) ?? [])
    assert.equal(await findLatestBackup(HERE, { host: null, folder, before }, signal), null)
    const why = async (name: string, text: string) => {
      writeFileSync(join(folder, name), text)
      const made = await findLatestBackup(HERE, { host: null, folder, before }, signal)
      assert.equal(made?.name, name)
      const trouble = made ? await backupUnreadableReason(HERE, made, signal) : 'nothing was made'
      rmSync(join(folder, name))
      return trouble?.replace(`${folder}/`, '') ?? null
    }
    assert.equal(await why('new.zip', ''), 'new.zip is empty')
    assert.equal(await why('new.zip', 'none'), 'new.zip is not a zip archive')
    assert.equal(await why('new.tar', 'none'), 'new.tar is not a tar archive')
    assert.equal(await why('new.zip', 'PK and more'), null)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
