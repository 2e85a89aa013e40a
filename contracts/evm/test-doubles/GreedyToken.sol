// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";

/// @title A token that calls back into the pot that pays with it, once, with what it was told to send
contract GreedyToken is ERC20 {
    address private _target;
    bytes private _call;

    constructor() ERC20("Greedy", "GREEDY") {
        _mint(msg.sender, 10 ** 24);
    }

    /// @notice Arms the call.
    function arm(address target, bytes calldata data) external {
        _target = target;
        _call = data;
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (from != _target || _target == address(0)) return;
        address target = _target;
        _target = address(0);
        Address.functionCall(target, _call);
    }
}
