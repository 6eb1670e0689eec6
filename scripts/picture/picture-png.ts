// A picture as PNG, to look at it on a dark and on a light background before it is published.

import { fileURLToPath } from 'node:url'
import { Resvg } from '@resvg/resvg-js'

const FONTS = new URL('../../node_modules/dejavu-fonts-ttf/ttf/', import.meta.url)
const BLOCK = /\{(?:[^{}]*\{[^{}]*\})*\}/.source
const LIGHT = new RegExp(`@media\\(prefers-color-scheme:light\\)${BLOCK}`)
const MOTION = /@media\(prefers-reduced-motion:no-preference\)\{.*\}(?=<\/style>)/s

/** The picture without motion: its poster, or the shot at the index. Throws an Error for what is no SVG document. */
export function pictureAsPng(svg: string, { isLight = false, shot = null as number | null } = {}): Buffer {
  const [light = ''] = LIGHT.exec(svg) ?? []
  const rules = isLight ? light.slice(light.indexOf('{') + 1, -1) : ''
  const still = svg
    .replace(MOTION, '')
    .replace(LIGHT, rules)
    .replace(/<g id="s(\d+)"(?: class="n")?>/g, (group, number: string) =>
      shot === null ? group : `<g id="s${number}"${Number(number) === shot ? '' : ' class="n"'}>`,
    )
    // What is not there costs most of the time.
    .replace(/<g id="s\d+" class="n">(?:<use [^<>]*\/>)*<\/g>/g, '')
  const fontFiles = ['DejaVuSansMono.ttf', 'DejaVuSansMono-Bold.ttf'].map((name) => fileURLToPath(new URL(name, FONTS)))
  const font = { fontFiles, loadSystemFonts: false, defaultFontFamily: 'DejaVu Sans Mono' }
  return new Resvg(still, { font, fitTo: { mode: 'zoom', value: 1.2 } }).render().asPng()
}
