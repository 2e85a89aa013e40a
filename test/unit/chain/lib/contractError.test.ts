/** What contracts say when they panic, read into codes. */
import { expect } from 'chai'
import { contractErrorOf } from '../../../../chain/lib/contractError.ts'

const read = (text: string) => {
  const { code, what } = contractErrorOf(text, { contractId: 'c.near' })
  return { code, what }
}

describe('the error of a contract that panicked', () => {
  it('has the code and the sentence that the contract gave, in whichever wrapping', () => {
    const expected = { code: 'MARKET_TASK_CLOSED', what: 'task 12 is Completed' }
    expect(read('Smart contract panicked: MARKET_TASK_CLOSED: task 12 is Completed\n    at fail')).to.deep.equal(
      expected,
    )
    expect(read('ExecutionError("Smart contract panicked: MARKET_TASK_CLOSED: task 12 is Completed")')).to.deep.equal(
      expected,
    )
  })

  it('has the short codes of Ref Finance too', () => {
    expect(read('Smart contract panicked: E68: slippage error: 1 < 2 usd.near')).to.deep.equal({
      code: 'E68',
      what: 'slippage error: 1 < 2 usd.near',
    })
    expect(read('Smart contract panicked: E102: invalid token id').code).to.equal('E102')
  })

  it('has no code where none was given', () => {
    for (const text of ['Smart contract panicked: oh no', 'ERROR: disk', 'E: mc2', 'E1234: many']) {
      expect(read(text).code, text).to.equal('CONTRACT_PANICKED')
    }
  })
})
