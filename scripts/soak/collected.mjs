// Loaded into the program that is on the screen during a soak: told by SIGUSR2, it collects its garbage and writes how many
// bytes are left into the file that PGDECK_SOAK_HEAP names. Nothing is done before.

import { renameSync, writeFileSync } from 'node:fs'
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

process.on('SIGUSR2', () => {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  const file = process.env.PGDECK_SOAK_HEAP ?? ''
  writeFileSync(`${file}.new`, String(getHeapStatistics().used_heap_size))
  renameSync(`${file}.new`, file)
})
