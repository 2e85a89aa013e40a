/** The EVM contracts build from this checkout to what is committed about them. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect } from 'chai'
import { abiText, buildEvm } from '../../../../scripts/build/evm.ts'
import { readSolidity, runSolc, SolidityError } from '../../../../scripts/build/solidity.ts'

const ROOT = resolve(import.meta.dirname, '../../../..')
// EIP-170: what a contract's code may have at most.
const MOST_CODE_BYTES = 24_576

describe('buildEvm', function () {
  this.timeout(60_000)

  it('regenerates the committed interfaces without a difference', async () => {
    const committed = readFileSync(resolve(ROOT, 'chain/client/evm/abi.gen.ts'), 'utf8')
    expect(abiText(await buildEvm()), 'run npm run build:evm').to.equal(committed)
  })

  it('makes code that may be deployed, of everything in contracts/evm itself', async () => {
    const contracts = await buildEvm()
    const deployed = Object.keys(readSolidity()).flatMap((path) => /^contracts\/evm\/(\w+)\.sol$/.exec(path)?.[1] ?? [])
    expect(deployed).to.include.members(['BlyToken', 'BlyBridge', 'ReceiptVerifier', 'RewardOnReceipt'])
    for (const name of deployed) {
      const bytes = contracts[name]!.deployedBytecode.length / 2 - 1
      expect(bytes, name).to.be.greaterThan(0).and.at.most(MOST_CODE_BYTES)
      expect(contracts[name]!.sha256).to.match(/^[0-9a-f]{64}$/)
    }
  })

  it('compiles a contract to the same code alone and among the others', async () => {
    const token = Object.fromEntries(Object.entries(readSolidity()).filter(([path]) => /\/I?BlyToken\.sol$/.test(path)))
    const { contracts } = runSolc(token, { '*': ['evm.bytecode.object'] })
    const alone = contracts!['contracts/evm/BlyToken.sol']!.BlyToken!.evm.bytecode.object
    expect(`0x${alone}`).to.equal((await buildEvm()).BlyToken!.bytecode)
  })

  it("refuses errors, and warnings of our own, with the compiler's words", () => {
    const compile = (body: string) => () =>
      runSolc(
        { 'contracts/evm/A.sol': `// SPDX-License-Identifier: MIT\npragma solidity 0.8.37;\ncontract A { ${body} }` },
        {},
      )
    expect(compile('uint256 a = "x";')).to.throw(SolidityError, 'not implicitly convertible')
    expect(compile('function a() external returns (uint256) { return 1; }')).to.throw(
      SolidityError,
      'can be restricted to pure',
    )
    expect(compile('')).not.to.throw()
  })
})
