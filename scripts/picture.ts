// Makes the pictures of README and docs/tour.md from real demos: the guided tour as a moving picture, and single screens.
//
//   npm run build && npm run picture            # all of them
//   npm run picture -- locks                    # those of one recording
//   npm run picture -- --png /tmp/pictures      # records nothing: those that are there as PNG, dark and light, to look at them

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Trace } from '../src/state/trace/trace-format.ts'
import { filmOf, type Size, stillOf } from './picture/film.ts'
import { neutralTrace } from './picture/neutral-trace.ts'
import { pictureAsPng } from './picture/picture-png.ts'
import { movingPicture, stillPicture } from './picture/picture-svg.ts'
import { recordedDemo } from './picture/recorded-demo.ts'
import { type Film, REELS } from './picture/reels.ts'

const SIZE: Size = { columns: 100, rows: 30 }
const FOLDER = new URL('../docs/images/', import.meta.url)

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options: { png: { type: 'string' } }, allowPositionals: true })
  if (values.png !== undefined) return savePngs(values.png)
  for (const reel of REELS) {
    if (positionals.length > 0 && !positionals.includes(reel.name)) continue
    const trace = neutralTrace(await recordedDemo({ size: SIZE, ...reel }))
    if (reel.film) save(reel.film.file, movingFilm(trace, reel.film))
    for (const { file, title, isIt, which, size = SIZE } of reel.stills)
      save(file, stillPicture(stillOf(trace, size, isIt, which), title))
  }
}

function movingFilm(trace: Trace, { title, poster }: Film): string {
  const shots = filmOf(trace, SIZE)
  const at = shots.findLastIndex(({ lines }) =>
    lines.some((line) => poster.test(line.map(({ text }) => text).join(''))),
  )
  return movingPicture(shots, Math.max(0, at), title)
}

function save(file: string, text: string): void {
  writeFileSync(new URL(file, FOLDER), text)
  console.log(`wrote docs/images/${file} (${Math.ceil(text.length / 1000)} kB)`)
}

function savePngs(folder: string): void {
  mkdirSync(folder, { recursive: true })
  for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.svg'))) {
    const svg = readFileSync(new URL(file, FOLDER), 'utf8')
    writeFileSync(join(folder, file.replace('.svg', '-dark.png')), pictureAsPng(svg))
    writeFileSync(join(folder, file.replace('.svg', '-light.png')), pictureAsPng(svg, { isLight: true }))
  }
}

await main()
