// Opens a folder for what the test processes of one run share, prints where it is, and removes it when its input ends:
// with the test runner, however that ends.

import { openTempDir } from '../src/io/process/temp-dir.ts'

const scratch = openTempDir()
process.stdout.write(`${scratch.path}\n`)
process.stdin.resume().once('end', () => scratch.close())
