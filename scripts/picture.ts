// Makes a picture of a terminal program: runs it in a pty, lets it draw, and writes what is on its screen as PNG (or SVG).
//
//   npm run picture -- --size 120x28 --seconds 70 --until 'replication lag' --out docs/images/topology.png -- \
//     node bin/pgdeck.js demo --press 'f G enter'

import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import pty from '@lydell/node-pty'
import { Resvg } from '@resvg/resvg-js'
import xterm from '@xterm/headless'

type Terminal = InstanceType<typeof xterm.Terminal>

const { values, positionals } = parseArgs({
  options: {
    size: { type: 'string', default: '120x40' },
    out: { type: 'string', default: 'picture.png' },
    seconds: { type: 'string', default: '8' },
    /** Ends earlier: as soon as this text is on the screen. */
    until: { type: 'string' },
    scale: { type: 'string', default: '2' },
  },
  allowPositionals: true,
})

const FONT = new URL('../node_modules/dejavu-fonts-ttf/ttf/', import.meta.url)
const FONT_SIZE = 14
/** The advance of DejaVu Sans Mono. */
const CELL_WIDTH = FONT_SIZE * 0.602
const CELL_HEIGHT = 18
const MARGIN = 14
const BACKGROUND = '#14171c'
const FOREGROUND = '#c8ccd4'
const PALETTE = [
  ...['#14171c', '#e0585b', '#7fb069', '#e3b341', '#6a9fd8', '#b48ead', '#56b6c2', '#c8ccd4'],
  ...['#5c6370', '#f07178', '#98c379', '#ffd866', '#82b1ff', '#c792ea', '#7fdbca', '#ffffff'],
]

await main()

async function main(): Promise<void> {
  const [columns = 120, rows = 40] = values.size.split('x').map(Number)
  const [command, ...args] = positionals
  if (!command) throw new Error('say what to run after --')
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true })
  const svg = await draw(terminal, command, args)
  writeFileSync(values.out, values.out.endsWith('.svg') ? svg : pngOf(svg))
}

/** Runs the program until it ends, until the awaited text is there or until the time is over; answers with its screen. */
async function draw(terminal: Terminal, command: string, args: readonly string[]): Promise<string> {
  const env = { ...process.env, TERM: 'xterm-256color', LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' } as Record<string, string>
  const child = pty.spawn(command, [...args], { cols: terminal.cols, rows: terminal.rows, name: 'xterm-256color', env })
  const ended = new Promise<void>((resolve) => child.onExit(() => resolve()))
  const drawn = new Promise<void>((resolve) => {
    child.onData((data) => {
      terminal.write(data, () => {
        if (values.until !== undefined && textOf(terminal).includes(values.until)) resolve()
      })
    })
  })
  const over = new Promise<void>((resolve) => setTimeout(resolve, Number(values.seconds) * 1000).unref())
  // A program that has ended by itself has left its last screen behind: what it wrote is still on its way to us.
  await Promise.race([drawn, over, ended.then(() => new Promise((resolve) => setTimeout(resolve, 100)))])
  await new Promise<void>((resolve) => terminal.write('', resolve))
  // Before it ends: a full-screen program takes its screen away with it.
  const svg = svgOf(terminal)
  child.kill('SIGTERM')
  await ended
  return svg
}

function textOf(terminal: Terminal): string {
  const { active } = terminal.buffer
  return Array.from({ length: terminal.rows }, (_, row) => {
    return active.getLine(active.baseY + row)?.translateToString(true) ?? ''
  }).join('\n')
}

interface Cell {
  readonly text: string
  readonly width: number
  readonly colour: string
  readonly background: string | null
  readonly bold: boolean
  readonly opacity: number
}

function cellAt(terminal: Terminal, row: number, column: number): Cell | null {
  const { active } = terminal.buffer
  const cell = active.getLine(active.baseY + row)?.getCell(column)
  if (!cell || cell.getWidth() === 0) return null
  const front = cell.isFgDefault() ? FOREGROUND : (PALETTE[cell.getFgColor()] ?? FOREGROUND)
  const back = cell.isBgDefault() ? null : (PALETTE[cell.getBgColor()] ?? null)
  const inverse = cell.isInverse() !== 0
  return {
    text: cell.getChars(),
    width: cell.getWidth(),
    colour: inverse ? (back ?? BACKGROUND) : front,
    background: inverse ? front : back,
    bold: cell.isBold() !== 0,
    opacity: cell.isDim() !== 0 ? 0.55 : 1,
  }
}

/** The visible part of the terminal as SVG. */
function svgOf(terminal: Terminal): string {
  const width = terminal.cols * CELL_WIDTH + 2 * MARGIN
  const height = terminal.rows * CELL_HEIGHT + 2 * MARGIN
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<rect width="100%" height="100%" rx="8" fill="${BACKGROUND}"/>`,
    `<g font-family="DejaVu Sans Mono" font-size="${FONT_SIZE}" xml:space="preserve">`,
  ]
  for (let row = 0; row < terminal.rows; row += 1) parts.push(...rowParts(terminal, row))
  return `${parts.join('\n')}\n</g></svg>\n`
}

function* rowParts(terminal: Terminal, row: number): Generator<string> {
  const top = MARGIN + row * CELL_HEIGHT
  for (let column = 0; column < terminal.cols; column += 1) {
    const cell = cellAt(terminal, row, column)
    if (!cell) continue
    const x = MARGIN + column * CELL_WIDTH
    if (cell.background) {
      const width = cell.width * CELL_WIDTH + 0.3
      yield `<rect x="${x}" y="${top}" width="${width}" height="${CELL_HEIGHT}" fill="${cell.background}"/>`
    }
    if (cell.text.trim() === '') continue
    if (/^[─█▁-▇]$/.test(cell.text)) {
      yield blockOf(cell, x, top)
      continue
    }
    const weight = cell.bold ? ' font-weight="bold"' : ''
    const opacity = cell.opacity === 1 ? '' : ` opacity="${cell.opacity}"`
    yield `<text x="${x}" y="${top + 13.5}" fill="${cell.colour}"${weight}${opacity}>${escaped(cell.text)}</text>`
  }
}

/** Lines and blocks fill their cell whatever the font's height, so that neighbours meet. */
function blockOf({ text, colour, opacity }: Cell, x: number, top: number): string {
  const eighths = text === '─' ? 0.5 : text === '█' ? 8 : text.charCodeAt(0) - 0x2580
  const height = (eighths / 8) * (CELL_HEIGHT - 3)
  const y = text === '─' ? top + CELL_HEIGHT / 2 : top + CELL_HEIGHT - 2 - height
  return `<rect x="${x}" y="${y}" width="${CELL_WIDTH + 0.2}" height="${height}" fill="${colour}" opacity="${opacity}"/>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function pngOf(svg: string): Buffer {
  const fontFiles = ['DejaVuSansMono.ttf', 'DejaVuSansMono-Bold.ttf'].map((name) => fileURLToPath(new URL(name, FONT)))
  const resvg = new Resvg(svg, {
    font: { fontFiles, loadSystemFonts: false, defaultFontFamily: 'DejaVu Sans Mono' },
    fitTo: { mode: 'zoom', value: Number(values.scale) },
  })
  return resvg.render().asPng()
}
