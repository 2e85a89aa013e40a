// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Trees over receipts and over the gaps between tainted ones
/// @notice Audit paths of RFC 9162 with keccak-256. First bytes keep kinds apart: receipts begin with 0x00, nodes with
/// 0x01, roots with 0x02, gaps with 0x03, so none passes for another. Same as contracts/near/lib/pure/mmr.ts and
/// tainted.ts.
library ReceiptTree {
    /// @notice The path has not the length that this index in a tree of this size needs, or the index is outside.
    error ReceiptTreePath(uint64 index, uint64 size, uint256 length);

    /// @notice Root of the tree of `size` leaves in which `leaf` has this index and audit path.
    /// Source: RFC 9162, 2.1.3.2. PERF: one keccak per step, at most 64.
    function climb(
        bytes32 leaf,
        uint64 index,
        uint64 size,
        bytes32[] calldata path
    ) internal pure returns (bytes32 node) {
        if (index >= size) revert ReceiptTreePath(index, size, path.length);
        uint256 position = index;
        uint256 last = size - 1;
        node = leaf;
        for (uint256 i = 0; i < path.length; ++i) {
            if (last == 0) revert ReceiptTreePath(index, size, path.length);
            if (position & 1 == 1 || position == last) {
                node = hashNode(path[i], node);
                // A last node without sibling rises until it is somebody's right child.
                while (position & 1 == 0 && position != 0) {
                    position >>= 1;
                    last >>= 1;
                }
            } else {
                node = hashNode(node, path[i]);
            }
            position >>= 1;
            last >>= 1;
        }
        if (last != 0) revert ReceiptTreePath(index, size, path.length);
    }

    /// @notice The anchored root: the tree's root sealed together with its size, so that one root has one size.
    function sealRoot(uint64 size, bytes32 bag) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(bytes1(0x02), size, bag));
    }

    /// @notice Leaf for the gap of untainted receipts `from` up to, not including, `until`.
    function hashGap(uint64 from, uint64 until) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(bytes1(0x03), from, until));
    }

    /// @notice keccak256(0x01, left, right).
    /// @dev Written behind the free memory pointer and forgotten: 24 steps would leave 3 kB of memory otherwise.
    function hashNode(bytes32 left, bytes32 right) internal pure returns (bytes32 node) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore8(free, 0x01)
            mstore(add(free, 0x01), left)
            mstore(add(free, 0x21), right)
            node := keccak256(free, 0x41)
        }
    }
}
