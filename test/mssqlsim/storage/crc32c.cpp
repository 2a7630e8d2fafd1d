// SPDX-License-Identifier: MIT
#include "test/mssqlsim/storage/crc32c.hpp"

#include <array>

namespace ha::mssqlsim {

namespace {

constexpr std::uint32_t polynomial = 0x82F63B78;  // bits reversed

constexpr std::array<std::uint32_t, 256> make_table() {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
        auto rest = byte;
        for (int bit = 0; bit < 8; ++bit) rest = (rest >> 1) ^ ((rest & 1) != 0 ? polynomial : 0);
        table[byte] = rest;
    }
    return table;
}

constexpr auto table = make_table();

}  // namespace

std::uint32_t crc32c(std::string_view bytes) {
    std::uint32_t rest = ~std::uint32_t{0};
    for (auto byte : bytes)
        rest = table[(rest ^ static_cast<unsigned char>(byte)) & 0xFF] ^ (rest >> 8);
    return ~rest;
}

}  // namespace ha::mssqlsim
