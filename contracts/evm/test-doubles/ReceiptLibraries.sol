// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ReceiptCodec} from "../lib/ReceiptCodec.sol";
import {ReceiptTree} from "../lib/ReceiptTree.sol";

/// @title The receipt libraries, callable: for property tests alone
contract ReceiptLibraries {
    /// @notice ReceiptCodec.decode.
    function decode(bytes calldata encoded) external pure returns (ReceiptCodec.Receipt memory) {
        return ReceiptCodec.decode(encoded);
    }

    /// @notice ReceiptTree.climb.
    function climb(
        bytes32 leaf,
        uint64 index,
        uint64 size,
        bytes32[] calldata path
    ) external pure returns (bytes32) {
        return ReceiptTree.climb(leaf, index, size, path);
    }

    /// @notice ReceiptTree.sealRoot.
    function sealRoot(uint64 size, bytes32 bag) external pure returns (bytes32) {
        return ReceiptTree.sealRoot(size, bag);
    }

    /// @notice ReceiptTree.hashGap.
    function hashGap(uint64 from, uint64 until) external pure returns (bytes32) {
        return ReceiptTree.hashGap(from, until);
    }
}
