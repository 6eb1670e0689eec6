// Launched by survival.test.ts: tells the folder in which it is about to make a cluster, and is killed meanwhile.

import { startPrimary } from '../../src/demo/postgres/start-postgres.ts'
import { openTempDir } from '../../src/io/process/temp-dir.ts'

const scratch = openTempDir()
process.stdout.write(`${JSON.stringify({ folder: scratch.path })}\n`)
await startPrimary({ scratch })
process.exit()
