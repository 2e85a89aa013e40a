/** Bytes into text: whatever the pieces, the text is the same, and stop texts never show. */
import { expect } from 'chai'
import fc from 'fast-check'
import { textOutput } from '../../../../../workers/gateway/answers/text.ts'

const shown = (pieces: readonly Uint8Array[], stop: readonly string[], isStopped: boolean): string => {
  const output = textOutput(stop)
  return pieces.map((piece) => output.push(piece)).join('') + output.end(isStopped)
}
const single = (text: string): Uint8Array[] => [...new TextEncoder().encode(text)].map((byte) => Uint8Array.of(byte))

describe('text of an answer', () => {
  it('is what the bytes say, in whatever pieces they come', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 6 }), { maxLength: 20 }), (pieces) => {
        const whole = new TextDecoder().decode(Buffer.concat(pieces))
        expect(shown(pieces, ['zz', 'stop'], false)).to.equal(whole)
      }),
      { seed: 1 },
    )
  })

  it('shows everything before the stop text and nothing of it', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ab]{0,12}$/), fc.stringMatching(/^[abc]{1,4}$/), (text, stop) => {
        fc.pre(!(text + stop).slice(0, -1).includes(stop))
        const output = textOutput([stop])
        let before = ''
        for (const piece of single(text + stop)) before += output.push(piece)
        expect(text.startsWith(before), 'never more than is certain').to.equal(true)
        expect(before + output.end(true)).to.equal(text)
      }),
      { seed: 2 },
    )
  })

  it('takes the longest of several stop texts that end together', () => {
    expect(shown(single('x END'), ['D', ' END', 'END'], true)).to.equal('x')
  })
})
