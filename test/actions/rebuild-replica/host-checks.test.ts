// The space for a copy: beside the old data, or in their place.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ActionToolbox } from '../../../src/actions/definition/action.ts'
import type { DatabaseService } from '../../../src/actions/hosts/service.ts'
import { hostDiskSpaceCheck } from '../../../src/actions/rebuild-replica/host-checks.ts'

const MB = 1024 ** 2
const service = { host: 'box', dataDirectory: '/data/main' } as DatabaseService

async function spaceFor(megabytes: number, replaces: boolean, du: string): Promise<string> {
  const run = async ([program]: readonly string[]) => {
    const free = `Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/x 900000 1 ${100 * 1024} 1% /data\n`
    return { exitCode: 0, stderr: '', stdout: program === 'df' ? free : du }
  }
  const tools = { host: () => ({ run }), signal: new AbortController().signal } as unknown as ActionToolbox
  const check = hostDiskSpaceCheck(service, megabytes * MB, [], replaces)
  const finding = await check.run({} as never, {} as never, tools)
  return `${finding?.result}: ${finding?.message}`
}

test('a copy that replaces the old data may use what they take', async () => {
  const du = `${200 * 1024}\t/data/main\n`
  assert.match(await spaceFor(250, false, du), /^fail: .* needed beside the old data/)
  assert.match(await spaceFor(250, true, du), /^pass: .*and .* once the old data are removed$/)
  assert.match(await spaceFor(350, true, du), /^fail: /)
  assert.match(await spaceFor(350, true, ''), /^warn: .*the size of the old data is unknown$/)
})
