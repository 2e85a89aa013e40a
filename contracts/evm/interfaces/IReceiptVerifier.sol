// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Anchor, Link} from "../lib/BridgeTypedData.sol";
import {ReceiptCodec} from "../lib/ReceiptCodec.sol";

/// @title Blyan's work receipts on EVM
/// @notice The bridge's signers anchor the roots of the receipt chain that NEAR keeps; against an anchor anyone proves
/// a receipt. The word behind an anchor is that of k of n signers, no more.
interface IReceiptVerifier {
    /// @notice Receipts `from` up to, not including, `until` are untainted.
    /// @param position Of the gap in the list.
    /// @param gaps How long the list is.
    /// @param path Audit path of the gap.
    struct GapProof {
        uint64 from;
        uint64 until;
        uint64 position;
        uint64 gaps;
        bytes32[] path;
    }

    /// @notice The receipts up to `size` may be proven from now on.
    event Anchored(uint64 indexed size, bytes32 root, bytes32 tainted, uint64 epoch);
    /// @notice The signers signed two contents for one size: `kept` holds, but k of them cannot be trusted.
    event AnchorConflict(uint64 indexed size, bytes32 kept, bytes32 offered);
    /// @notice Rewards of the NEAR account go to `evm` from now on.
    event Linked(bytes32 indexed accountHash, string account, address indexed evm, uint64 nonce);

    /// @notice The size is not above the last anchored one.
    error ReceiptVerifierSizeNotGrowing(uint64 offered, uint64 latest);
    /// @notice Nothing is anchored at this size.
    error ReceiptVerifierNotAnchored(uint64 size);
    /// @notice What is offered is just what is anchored.
    error ReceiptVerifierNoConflict(uint64 size);
    /// @notice The account has this link or a later one already.
    error ReceiptVerifierLinkOld(uint64 offered, uint64 latest);
    /// @notice The account may not link the zero address.
    error ReceiptVerifierLinkZero(string account);
    /// @notice Receipt and path lead to another root than the anchored one.
    error ReceiptVerifierNotIncluded(uint64 size, bytes32 anchored, bytes32 computed);
    /// @notice The receipt lies outside the gap.
    error ReceiptVerifierOutsideGap(uint64 index, uint64 from, uint64 until);
    /// @notice Gap and path lead to another root than the anchored one.
    error ReceiptVerifierNotUntainted(uint64 size, bytes32 anchored, bytes32 computed);

    /// @notice Anchors a larger size than the last. Anyone may bring the signers' word.
    function anchor(Anchor calldata offered, bytes[] calldata signatures) external;

    /// @notice Shows that the signers signed something else for an anchored size. The anchor stays as it is.
    function showConflict(Anchor calldata offered, bytes[] calldata signatures) external;

    /// @notice Sets where an account's rewards go. Anyone may bring the signers' word.
    function link(Link calldata offered, bytes[] calldata signatures) external;

    /// @notice Fields of a receipt that is among the first `size`; reverts for any other bytes.
    /// @param receipt Its canonical bytes.
    /// @param size An anchored size.
    /// @param path Audit path from the leaf upwards.
    function verify(
        bytes calldata receipt,
        uint64 size,
        bytes32[] calldata path
    ) external view returns (ReceiptCodec.Receipt memory);

    /// @notice Reverts unless receipt `index` was untainted when `size` was anchored. Work is proven false later than
    /// it is accepted: who pays for it asks with the latest size.
    function verifyUntainted(uint64 size, uint64 index, GapProof calldata gap) external view;

    /// @notice The largest anchor; zeros before the first.
    function latest() external view returns (uint64 size, bytes32 root, bytes32 tainted);

    /// @notice The anchor of a size; zeros where there is none.
    /// @return root Sealed root over the receipts.
    /// @return tainted Root over the gaps between tainted ones.
    /// @return conflicted Whether the signers were shown to have signed something else for it.
    function anchorOf(uint64 size) external view returns (bytes32 root, bytes32 tainted, bool conflicted);

    /// @notice Where rewards of a NEAR account go, and the link that said so.
    /// @return evm Zero address where none did.
    /// @return nonce Of the link.
    function linkOf(string calldata account) external view returns (address evm, uint64 nonce);
}
