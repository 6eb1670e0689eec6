// Which mount a path is on, by tables as Linux prints them.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { findMount, mountOf } from '../../../src/io/hosts/local-space.ts'

const TABLE = `22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:26 / /dev/shm rw,nosuid - tmpfs tmpfs rw
41 22 254:16 / /var/lib rw shared:7 - xfs /dev/vdb rw
42 41 254:32 / /var/lib/post\\040gres rw - xfs /dev/mapper/vg-pg rw
43 22 0:50 / /nfs rw - nfs4 files:/export rw
44 43 0:51 / /nfs rw - nfs4 files:/newer rw
`

describe('mounts', () => {
  const cases: readonly [string, string, string][] = [
    ['/etc/passwd', '/', '/dev/vda'],
    ['/var/library', '/', '/dev/vda'],
    ['/var/lib', '/var/lib', '/dev/vdb'],
    ['/var/lib/post gres/18', '/var/lib/post gres', '/dev/mapper/vg-pg'],
    ['/nfs/a', '/nfs', 'files:/newer'],
  ]
  for (const [path, mount, device] of cases) {
    test(`${path} is on ${device}`, () => assert.deepEqual(findMount(path, TABLE), { mount, device }))
  }

  test('a table without rows tells nothing', () => assert.equal(findMount('/etc', ''), null))

  test('the root of this host is mounted', { skip: process.platform !== 'linux' && 'there is no table' }, () => {
    assert.equal(mountOf('/')?.mount, '/')
  })
})
