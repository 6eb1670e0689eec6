// Rates between two samples of a host: right, never negative, and unknown where a counter began anew.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { cpuShares, hostRatesBetween } from '../../../src/model/hosts/host-rates.ts'
import {
  availableShare,
  type CpuTimes,
  type DiskCounter,
  type DiskSpace,
  type HostCounters,
} from '../../../src/model/measured/host.ts'

const disk = (name: string, read: number, written: number, busyMs = 0): DiskCounter => ({
  name,
  reads: read / 512,
  writes: written / 512,
  readBytes: read,
  writtenBytes: written,
  busyMs,
})
const net = (name: string, receivedBytes: number, sentBytes: number) => ({ name, receivedBytes, sentBytes })
const sample = (atSeconds: number, more: Partial<HostCounters> = {}): HostCounters => ({
  atSeconds,
  cpu: null,
  disks: [],
  networks: [],
  ...more,
})

describe('rates', () => {
  test('are per second of the host, over all disks and interfaces', () => {
    const before = sample(100, {
      disks: [disk('a', 0, 0), disk('b', 512, 0, 100)],
      networks: [net('x', 10, 1), net('y', 0, 0)],
    })
    const after = sample(102, {
      disks: [disk('a', 1024, 2048, 500), disk('b', 1536, 0, 1100)],
      networks: [net('x', 210, 3), net('y', 100, 0)],
    })
    assert.deepEqual(hostRatesBetween(before, after), {
      cpu: null,
      disk: { readBytesPerSecond: 1024, writtenBytesPerSecond: 1024, readsPerSecond: 2, writesPerSecond: 2, busy: 0.5 },
      network: { receivedBytesPerSecond: 150, sentBytesPerSecond: 1 },
    })
  })

  test('leave out what began anew or is new, and keep the others', () => {
    const before = sample(10, { disks: [disk('a', 9000, 0), disk('b', 0, 0)], networks: [net('x', 500, 500)] })
    const after = sample(11, {
      disks: [disk('a', 1, 0), disk('b', 512, 0), disk('c', 1e9, 0)],
      networks: [net('x', 5, 600), net('z', 1e9, 0)],
    })
    const rates = hostRatesBetween(before, after)
    assert.equal(rates?.disk?.readBytesPerSecond, 512)
    assert.equal(rates?.network, null)
  })

  test('are unknown after a restart of the host, and when no time passed', () => {
    assert.equal(hostRatesBetween(sample(5000), sample(3)), null)
    assert.equal(hostRatesBetween(sample(3), sample(3)), null)
    assert.equal(hostRatesBetween(sample(3), sample(Number.NaN)), null)
  })

  test('are never negative and never above what a disk can do, whatever the counters say', () => {
    const count = fc.nat()
    const counters = fc.record({
      atSeconds: fc.double({ min: 0, max: 1e6, noNaN: true }),
      cpu: fc.record({ user: count, system: count, iowait: count, steal: count, idle: count }),
      disks: fc
        .array(fc.tuple(fc.constantFrom('a', 'b'), count, count, count), { maxLength: 2 })
        .map((all) => all.map(([name, read, written, busy]) => disk(name, read, written, busy))),
      networks: fc
        .array(fc.tuple(fc.constantFrom('x', 'y'), count, count), { maxLength: 2 })
        .map((all) => all.map((one) => net(...one))),
    })
    fc.assert(
      fc.property(counters, counters, (before, after) => {
        const rates = hostRatesBetween(before, after)
        const figures = [
          ...Object.values(rates?.cpu ?? {}),
          ...Object.values(rates?.disk ?? {}),
          ...Object.values(rates?.network ?? {}),
        ]
        assert.ok(
          figures.every((figure) => figure >= 0),
          JSON.stringify(rates),
        )
        assert.ok((rates?.disk?.busy ?? 0) <= 1)
        assert.ok((rates?.cpu?.busy ?? 0) <= 1 + 1e-9)
      }),
    )
  })
})

describe('processor shares', () => {
  const times = (user: number, system: number, iowait: number, steal: number, idle: number): CpuTimes => ({
    user,
    system,
    iowait,
    steal,
    idle,
  })

  test('are parts of the time that passed; waiting for disks is not being busy', () => {
    const shares = cpuShares(times(100, 100, 100, 100, 100), times(120, 110, 140, 110, 120))
    assert.deepEqual(shares, { busy: 0.4, user: 0.2, system: 0.1, iowait: 0.4, steal: 0.1 })
  })

  test('survive an iowait that goes back, which the kernel does', () => {
    assert.equal(cpuShares(times(0, 0, 50, 0, 0), times(10, 0, 40, 0, 10))?.user, 0.5)
  })

  test('are unknown when counters began anew or stood still', () => {
    assert.equal(cpuShares(times(100, 0, 0, 0, 100), times(1, 0, 0, 0, 200)), null)
    assert.equal(cpuShares(times(1, 1, 1, 1, 1), times(1, 1, 1, 1, 1)), null)
  })
})

test('what is left of a file system leaves out what is reserved for root', () => {
  const space: DiskSpace = {
    device: null,
    mount: null,
    totalBytes: 100,
    usedBytes: 75,
    availableBytes: 5,
    inodes: null,
  }
  assert.equal(availableShare(space), 5 / 80)
  assert.equal(availableShare({ ...space, usedBytes: 0, availableBytes: 0 }), null)
})
