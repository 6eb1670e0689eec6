// Edits of files on a host, with real files: done, done already, changed under us, not there, not allowed, taken back.

import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { Tools } from '../../../../src/actions/definition/action.ts'
import { shaOf } from '../../../../src/actions/hba/hba-file.ts'
import { diffOf } from '../../../../src/actions/manageengine/files/diff.ts'
import { editFile, editFileArguments } from '../../../../src/actions/manageengine/files/edit-file.ts'
import { removeFile, removeFileArguments } from '../../../../src/actions/manageengine/files/remove-file.ts'
import { type HostConnection, openHostConnection } from '../../../../src/io/hosts/host-connection.ts'
import { HostFileError } from '../../../../src/io/hosts/host-fault.ts'
import type { JsonRecord } from '../../../../src/model/runs/plan.ts'
import { within } from '../../../wait.ts'

let folder: string
let reach: HostConnection
const said: string[] = []

const tools = () =>
  ({
    host: (name: string | null) => (name === 'here' ? reach : null),
    say: (text: string) => void said.push(text),
    signal: within(20_000),
  }) as unknown as Tools

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pgdeck-edit-'))
  reach = openHostConnection({ id: 'here', address: null, access: { kind: 'local' } })
  said.length = 0
})
afterEach(async () => {
  await reach.close()
  chmodSync(folder, 0o700)
  rmSync(folder, { recursive: true, force: true })
})

const BEFORE = '# ro is for read-only\r\nstate = ro\r\n'
const AFTER = '# ro is for read-only\r\nstate = master\r\n'

function stateEdit(text = BEFORE): { path: string; backup: string; args: JsonRecord } {
  const path = join(folder, 'serverstate.conf')
  const backup = `${path}.pgdeck-run`
  writeFileSync(path, text, { mode: 0o640 })
  const args = editFileArguments({
    host: 'here',
    path,
    edit: 'server-state',
    before: shaOf(BEFORE),
    after: shaOf(AFTER),
    backup,
    guard: null,
  })
  return { path, backup, args }
}

describe('edit-file', () => {
  test('changes the file only where it is meant, keeps the old one beside it, and takes it back byte by byte', async () => {
    const { path, backup, args } = stateEdit()
    assert.equal((await editFile.verify(args, tools())).seen, 'not-yet')
    await editFile.run(args, tools())
    assert.equal(readFileSync(path, 'utf8'), AFTER)
    assert.equal(readFileSync(backup, 'utf8'), BEFORE)
    assert.equal(statSync(path).mode & 0o777, 0o640)
    assert.equal((await editFile.verify(args, tools())).seen, 'yes')
    assert.match(said[0] ?? '', /"ro" becomes "master"; the old one is kept as .*pgdeck-run/)
    await editFile.run(args, tools())
    assert.equal(readFileSync(backup, 'utf8'), BEFORE, 'a second time nothing is written')
    assert.match((await editFile.undo?.(args, tools())) ?? '', /is as it was/)
    assert.equal(readFileSync(path, 'utf8'), BEFORE)
    assert.throws(() => statSync(backup))
    assert.match((await editFile.undo?.(args, tools())) ?? '', /is as it was/, 'and a second time too')
  })

  test('a file that was changed under us is refused and left as it is', async () => {
    const { path, backup, args } = stateEdit('state = ro\nmore = 1\n')
    await assert.rejects(editFile.run(args, tools()), /was changed by somebody else since this was planned/)
    assert.equal(readFileSync(path, 'utf8'), 'state = ro\nmore = 1\n')
    assert.throws(() => statSync(backup))
  })

  test('done by hand in another way counts as done', async () => {
    const { args } = stateEdit('state = master\n')
    const seen = await editFile.verify(args, tools())
    assert.deepEqual(
      seen.seen === 'yes' && seen.evidence.replace(folder, ''),
      '/serverstate.conf: it says "master" already',
    )
  })

  test('what was changed after the edit is not overwritten when it is taken back', async () => {
    const { path, backup, args } = stateEdit()
    await editFile.run(args, tools())
    writeFileSync(path, `${AFTER}own = 1\n`)
    await assert.rejects(async () => editFile.undo?.(args, tools()), /was changed since/)
    assert.equal(readFileSync(path, 'utf8'), `${AFTER}own = 1\n`)
    assert.equal(readFileSync(backup, 'utf8'), BEFORE)
  })

  test('a file that is gone, and a host without a way in, are told', async () => {
    const { path, args } = stateEdit()
    rmSync(path)
    await assert.rejects(editFile.run(args, tools()), /is not there any more/)
    await assert.rejects(
      editFile.verify({ ...args, host: 'elsewhere' }, tools()),
      /nothing leads into the host elsewhere/,
    )
  })

  test('where nothing may be written, that is told, and nothing is', {
    skip: !existsSync('/proc/version'),
  }, async () => {
    // Not even root may write there.
    const before = shaOf(readFileSync('/proc/version', 'utf8'))
    const args = removeFileArguments({
      host: 'here',
      path: '/proc/version',
      before,
      backup: '/proc/version.pgdeck-run',
      guard: null,
      dataDirectory: null,
    })
    await assert.rejects(removeFile.run(args, tools()), HostFileError)
  })
})

describe('remove-file', () => {
  const args = (before: string | null) =>
    removeFileArguments({
      host: 'here',
      path: join(folder, 'standby.signal'),
      before,
      backup: join(folder, 'standby.signal.pgdeck-run'),
      guard: null,
      dataDirectory: null,
    })

  test('removes it, keeps a copy, puts it back', async () => {
    const path = join(folder, 'standby.signal')
    writeFileSync(path, '')
    await removeFile.run(args(shaOf('')), tools())
    assert.throws(() => statSync(path))
    assert.equal((await removeFile.verify(args(shaOf('')), tools())).seen, 'yes')
    await removeFile.run(args(shaOf('')), tools())
    assert.match((await removeFile.undo?.(args(shaOf('')), tools())) ?? '', /is back/)
    assert.equal(readFileSync(path, 'utf8'), '')
  })

  test('one that was never there is nothing to do, and is not put back', async () => {
    await removeFile.run(args(null), tools())
    assert.match((await removeFile.undo?.(args(null), tools())) ?? '', /was not removed by this run/)
    assert.throws(() => statSync(join(folder, 'standby.signal')))
  })

  test('another one than was seen is refused', async () => {
    writeFileSync(join(folder, 'standby.signal'), 'other')
    await assert.rejects(removeFile.run(args(shaOf('')), tools()), /was changed by somebody else/)
  })
})

test('a diff shows what goes, without passwords, and says which line breaks the file has', async () => {
  const before = "# recovery props\r\nprimary_conninfo = 'host=h user=ro password=Sesam123'\r\n"
  assert.equal(
    await diffOf('/opt/x.conf', before, '# recovery props\r\n'),
    `--- /opt/x.conf
+++ /opt/x.conf
@@ -1,2 +1,1 @@
 # recovery props
-primary_conninfo = 'host=h user=ro password=[redacted]'

(line breaks are CR LF, and stay so)`,
  )
})
