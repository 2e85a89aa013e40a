// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IReceiptVerifier} from "../interfaces/IReceiptVerifier.sol";
import {ReceiptCodec} from "../lib/ReceiptCodec.sol";

/// @title A contract that acts on a receipt, and says what the verification cost it
contract VerifyingCaller {
    /// @notice What a receipt said and how much gas the call to the verifier took, its arguments' copying included.
    event Verified(uint64 index, string worker, uint256 gasUsed);

    /// @notice Verifies a receipt as any other contract would.
    function check(
        IReceiptVerifier verifier,
        bytes calldata receipt,
        uint64 size,
        bytes32[] calldata path
    ) external {
        uint256 before = gasleft();
        ReceiptCodec.Receipt memory fields = verifier.verify(receipt, size, path);
        emit Verified(fields.index, fields.worker, before - gasleft());
    }
}
