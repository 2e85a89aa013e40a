/** The design's contrasts, recomputed from the very tokens that the page is drawn with. Source: WCAG 2.2 §1.4.3, §1.4.11. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { REPOSITORY } from '../../../../scripts/check/sources.ts'

const css = readFileSync(join(REPOSITORY, 'frontend/src/style/tokens.css'), 'utf8')

/** Colours of each block that sets any, in the order of the file: light, dark by the system, dark by choice. */
const themes = [...css.matchAll(/\{([^{}]*--paper:[^{}]*)\}/g)].map((block) =>
  Object.fromEntries([...block[1]!.matchAll(/--(\w+):\s*(#[0-9a-f]{6})/g)].map((token) => [token[1]!, token[2]!])),
)

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

/** On paper and on sheet, as the design states them, in light and dark. */
const STATED: Readonly<Record<string, readonly [[number, number], [number, number]]>> = {
  text: [
    [16.2, 14.6],
    [14.6, 13.0],
  ],
  muted: [
    [6.6, 5.9],
    [7.1, 6.3],
  ],
  ink: [
    [8.7, 7.8],
    [9.3, 8.3],
  ],
  ok: [
    [6.5, 5.9],
    [9.9, 8.8],
  ],
  wait: [
    [6.4, 5.8],
    [9.7, 8.6],
  ],
  bad: [
    [6.9, 6.2],
    [9.0, 8.0],
  ],
  edge: [
    [3.5, 3.1],
    [3.6, 3.2],
  ],
}

describe('colours', () => {
  it('are the same dark ones whether the system or the reader chose them', () => {
    expect(themes).to.have.length(3)
    expect(themes[1]).to.deep.equal(themes[2])
  })

  for (const [name, stated] of Object.entries(STATED)) {
    it(`${name} has the contrast that the design states, on paper and on sheet`, () => {
      for (const [i, theme] of [themes[0]!, themes[1]!].entries()) {
        for (const [j, ground] of (['paper', 'sheet'] as const).entries()) {
          expect(contrast(theme[name]!, theme[ground]!)).to.be.closeTo(stated[i]![j]!, 0.06)
        }
      }
    })
  }

  it('leave every text at 4.5 and every line at 3', () => {
    for (const theme of themes) {
      for (const ground of ['paper', 'sheet'] as const) {
        for (const name of ['text', 'muted', 'ink', 'ok', 'wait', 'bad']) {
          expect(contrast(theme[name]!, theme[ground]!), name).to.be.at.least(4.5)
        }
        expect(contrast(theme.edge!, theme[ground]!)).to.be.at.least(3)
      }
      // A primary button.
      expect(contrast(theme.paper!, theme.ink!)).to.be.at.least(4.5)
    }
  })
})
