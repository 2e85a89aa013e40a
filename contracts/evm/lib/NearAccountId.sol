// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title What NEAR takes for an account id
/// @dev 2 to 64 characters: parts of a-z and 0-9 joined by single `-`, `_` or `.`. Source: NEAR specification,
/// "Account ID rules".
library NearAccountId {
    uint256 private constant MIN_LENGTH = 2;
    uint256 private constant MAX_LENGTH = 64;

    // Bit c is set where the character of code c belongs to the class.
    uint256 private constant ALPHANUMERIC = (((1 << 10) - 1) << 0x30) | (((1 << 26) - 1) << 0x61);
    uint256 private constant SEPARATOR = (1 << 0x2d) | (1 << 0x2e) | (1 << 0x5f);

    /// @notice Whether `text` may name an account on NEAR.
    function isValid(string calldata text) internal pure returns (bool) {
        bytes calldata characters = bytes(text);
        uint256 length = characters.length;
        if (length < MIN_LENGTH || length > MAX_LENGTH) return false;
        bool afterSeparator = true;
        for (uint256 i; i < length; ++i) {
            uint256 class;
            // Half the price of characters[i], whose bounds the loop keeps: what lies past the end is never reached.
            // solhint-disable-next-line no-inline-assembly
            assembly ("memory-safe") {
                class := shl(byte(0, calldataload(add(characters.offset, i))), 1)
            }
            if (class & ALPHANUMERIC != 0) {
                afterSeparator = false;
            } else {
                if (afterSeparator || class & SEPARATOR == 0) return false;
                afterSeparator = true;
            }
        }
        return !afterSeparator;
    }
}
