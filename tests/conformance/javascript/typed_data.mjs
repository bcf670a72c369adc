// Typed data of EIP-712 with what is easy to get wrong: nested and repeated structs, arrays, fixed bytes, negative numbers.

export const TYPED_DATA = {
  domain: {
    name: "Exchange",
    version: "1",
    chainId: 31337,
    verifyingContract: "0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC",
  },
  types: {
    EIP712Domain: [
      { name: "name", type: "string" },
      { name: "version", type: "string" },
      { name: "chainId", type: "uint256" },
      { name: "verifyingContract", type: "address" },
    ],
    Person: [
      { name: "name", type: "string" },
      { name: "wallets", type: "address[]" },
    ],
    Order: [
      { name: "from", type: "Person" },
      { name: "to", type: "Person[]" },
      { name: "change", type: "int128" },
      { name: "amounts", type: "uint256[2]" },
      { name: "mark", type: "bytes8" },
      { name: "data", type: "bytes" },
      { name: "final", type: "bool" },
    ],
  },
  primaryType: "Order",
  message: {
    from: { name: "Cow", wallets: ["0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826", "0xDeaDbeefdEAdbeefdEadbEEFdeadbeEFdEaDbeeF"] },
    to: [{ name: "Bob", wallets: ["0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB"] }],
    change: -3n,
    amounts: [1n, 2n ** 255n],
    mark: "0x0102030405060708",
    data: "0xff00",
    final: true,
  },
};
