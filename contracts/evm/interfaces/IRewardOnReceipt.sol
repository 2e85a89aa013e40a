// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IReceiptVerifier} from "./IReceiptVerifier.sol";

/// @title A pot that pays for receipts
/// @notice Pays a fixed amount once for each proven, untainted receipt, to the address that its worker linked on NEAR.
/// The caller gets nothing, so nobody gains by being first with another's proof. What is sent here can leave in no
/// other way.
interface IRewardOnReceipt {
    /// @notice A receipt was paid for.
    event Rewarded(bytes32 indexed receiptHash, address indexed receiver, uint64 index, string worker, uint256 amount);

    /// @notice The receipt was paid for before.
    error RewardOnReceiptClaimed(bytes32 receiptHash);
    /// @notice The worker has linked no address; `link_evm` on NEAR does, and the claim stays open until then.
    error RewardOnReceiptUnlinked(string worker);
    /// @notice The signers were shown to have signed two contents for this anchor; a later one serves.
    error RewardOnReceiptConflicted(uint64 size);

    /// @notice Pays for a receipt.
    /// @param receipt Its canonical bytes.
    /// @param size An anchored size, for inclusion.
    /// @param path Audit path in it.
    /// @param gap Proof at the latest anchor that the receipt is not tainted: an older one may not know yet.
    function claim(
        bytes calldata receipt,
        uint64 size,
        bytes32[] calldata path,
        IReceiptVerifier.GapProof calldata gap
    ) external;

    /// @notice Whether the receipt with this keccak-256 hash was paid for.
    function isClaimed(bytes32 receiptHash) external view returns (bool);
}
