// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title A limit that slides with time
/// @dev A leaky bucket of half the hourly limit that leaks that half in an hour: a full bucket at the beginning plus what
/// leaks meanwhile is one hourly limit, so no 3,600 s hold more. Leaks round down, which only tightens the limit.
library SlidingLimit {
    uint256 internal constant PERIOD = 3600;

    /// @param level what fills the bucket since `updatedAt`
    struct Bucket {
        uint128 level;
        uint64 updatedAt;
    }

    /// @notice What fits in now.
    function left(Bucket storage bucket, uint256 capacity) internal view returns (uint256) {
        return capacity - levelNow(bucket, capacity);
    }

    /// @notice Fills in `amount` if it fits.
    /// @return whether it did; if not, nothing changed
    function take(Bucket storage bucket, uint256 capacity, uint256 amount) internal returns (bool) {
        uint256 level = levelNow(bucket, capacity) + amount;
        if (level > capacity) return false;
        // Safe casts: capacity is half of a uint128, and seconds fit in 64 bits.
        bucket.level = uint128(level);
        bucket.updatedAt = uint64(block.timestamp);
        return true;
    }

    function levelNow(Bucket storage bucket, uint256 capacity) private view returns (uint256) {
        uint256 leaked = ((block.timestamp - bucket.updatedAt) * capacity) / PERIOD;
        return leaked >= bucket.level ? 0 : bucket.level - leaked;
    }
}
